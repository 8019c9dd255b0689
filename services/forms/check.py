"""Answers against a form: each made uniform, or its fault named beside its field.

A fault inside a group is named `<group>.<row from 0>.<field>`, one inside an address `<field>.<part>`. Checking what
has been checked changes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.chassis.errors import FieldFault
from services.forms import computed, numbers, values
from services.forms.conditions import Answers, day_of, is_asked, is_required
from services.forms.language import Field, Fields, FormStep, Steps, fields_of
from services.forms.places import Circumstances
from services.forms.values import AnswerFault


@dataclass(frozen=True)
class Checked:
    """`values` are the sound answers, `faults` what is wrong with the others, `warnings` what looks unlikely."""

    values: dict[str, Any]
    faults: tuple[FieldFault, ...]
    warnings: tuple[FieldFault, ...] = ()


@dataclass
class _Sheet:
    """The answers of one step or one row while they are being checked; `known` are those in reach."""

    known: dict[str, Any]
    fields: Fields
    circumstances: Circumstances
    prefix: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[FieldFault] = field(default_factory=list)
    warnings: list[FieldFault] = field(default_factory=list)

    @property
    def today(self) -> date:
        return self.circumstances.today

    def keep(self, name: str, value: Any) -> None:
        if value is not None:
            self.values[name] = self.known[name] = value

    def fault(self, name: str, fault: AnswerFault) -> None:
        name = f"{name}.{fault.part}" if fault.part else name
        self.faults.append(FieldFault(self.prefix + name, fault.code, f"forms.fault.{fault.code}", fault.facts))

    def warn(self, name: str, code: str) -> None:
        self.warnings.append(FieldFault(self.prefix + name, code, f"forms.warning.{code}"))

    def done(self) -> Checked:
        return Checked(self.values, tuple(self.faults), tuple(self.warnings))


def check_step(steps: Steps, step: FormStep, given: Answers, known: Answers, circumstances: Circumstances) -> Checked:
    """The answers of one step; `known` are those of the others, on which conditions may depend.

    A field that is not asked is dropped; a name the step does not have is a fault.
    """
    own = {one.name: one for one in step.fields}
    others = {name: value for name, value in known.items() if name not in own}
    sheet = _Sheet(others, {**fields_of(steps), **own}, circumstances)
    _fill(sheet, step.fields, given)
    return sheet.done()


def check_form(steps: Steps, answers: Answers, circumstances: Circumstances) -> Checked:
    """The whole form, as at sending."""
    found: dict[str, Any] = {}
    faults: list[FieldFault] = []
    warnings: list[FieldFault] = []
    for step in steps:
        names = {one.name for one in step.fields}
        given = {name: value for name, value in answers.items() if name in names}
        checked = check_step(steps, step, given, found, circumstances)
        found |= checked.values
        faults += checked.faults
        warnings += checked.warnings
    return Checked(found, tuple(faults), tuple(warnings))


def recomputed(steps: Steps, answers: Answers, today: date) -> dict[str, Any]:
    """The answers with every computed field worked out anew: one step's answers may change another's sums."""
    fields, fresh = fields_of(steps), dict(answers)
    for one in (one for step in steps for one in step.fields):
        if one.type == "group" and isinstance(fresh.get(one.name), list):
            inner = {**fields, **{column.name: column for column in one.fields}}
            fresh[one.name] = [_recomputed_row(one, row, fresh, inner, today) for row in fresh[one.name]]
        elif one.type == "computed":
            _work_out(one, fresh, fresh, fields, today)
    return fresh


def _recomputed_row(group: Field, row: Answers, outer: Answers, fields: Fields, today: date) -> dict[str, Any]:
    fresh = dict(row)
    for column in group.fields:
        if column.type == "computed":
            _work_out(column, fresh, {**outer, **fresh}, fields, today)
    return fresh


def _work_out(one: Field, target: dict[str, Any], answers: Answers, fields: Fields, today: date) -> None:
    target.pop(one.name, None)
    try:
        value = computed.compute(one, answers, fields, today) if is_asked(one, answers, fields, today) else None
    except AnswerFault:
        return
    if value is not None:
        target[one.name] = value


def prefilled(steps: Steps, person: Answers, circumstances: Circumstances) -> dict[str, Any]:
    """What the account already knows, where the form asks for it and the value is sound."""
    found: dict[str, Any] = {}
    for one in fields_of(steps).values():
        known = person.get(one.prefill) if one.prefill else None
        if known and not one.show_if:
            try:
                found[one.name] = values.read(one, known, circumstances, required=one.required)
            except AnswerFault:
                continue
    return found


def _fill(sheet: _Sheet, fields: Sequence[Field], given: Answers) -> None:
    for name in sorted(set(given) - {one.name for one in fields}):
        sheet.fault(name, AnswerFault("unknown_field"))
    for one in fields:
        if not is_asked(one, sheet.known, sheet.fields, sheet.today):
            continue
        try:
            sheet.keep(one.name, _answer(sheet, one, given.get(one.name)))
        except AnswerFault as fault:
            sheet.fault(one.name, fault)


def _answer(sheet: _Sheet, one: Field, raw: Any) -> Any:
    """Raises: AnswerFault."""
    if one.type == "computed":
        return computed.compute(one, sheet.known, sheet.fields, sheet.today)
    required = is_required(one, sheet.known, sheet.fields, sheet.today)
    if one.type == "group":
        return _rows(sheet, one, raw, required)
    value = values.read(one, raw, sheet.circumstances, required=required)
    if value is None:
        return None
    if one.type == "date":
        _assert_between(sheet, one, date.fromisoformat(value))
    elif one.type == "tax_code" and one.strictness and not _has_check_digit(value):
        sheet.warn(one.name, "tax_code_wrong")
    elif one.type == "identity_number" and one.strictness and numbers.is_personal(value):
        _compare(sheet, one, value)
    return value


def _has_check_digit(tax_code: str) -> bool:
    try:
        return bool(numbers.tax_code(tax_code))
    except numbers.NumberFault:
        return False


def _assert_between(sheet: _Sheet, one: Field, day: date) -> None:
    """Raises: AnswerFault; an end that is an answer not given yet holds nobody up."""
    for end, code in ((one.not_before, "date_before"), (one.not_after, "date_after")):
        limit = _day(end, sheet)
        if limit is not None and (day < limit if code == "date_before" else day > limit):
            raise AnswerFault(code, day=limit.strftime("%d/%m/%Y"))


def _day(end: str, sheet: _Sheet) -> date | None:
    if end in sheet.fields:
        value = sheet.known.get(end)
        return date.fromisoformat(value) if isinstance(value, str) and value else None
    return day_of(end, sheet.today) if end else None


def _compare(sheet: _Sheet, one: Field, number: str) -> None:
    """What a personal number says of its bearer against the form. Raises: AnswerFault, where the field is strict.

    An unknown province is never more than a warning: people born abroad carry other codes.
    """
    if not numbers.knows_province(number):
        sheet.warn(one.name, "province_unknown")
    found = numbers.differences(number, _day(one.born, sheet), str(sheet.known.get(one.sex, "")))
    for code in found:
        if one.strictness == "error":
            raise AnswerFault(code)
        sheet.warn(one.name, code)


def _rows(sheet: _Sheet, group: Field, raw: Any, required: bool) -> list[dict[str, Any]] | None:
    """Empty rows go. Raises: AnswerFault, for what is no list of rows or far too long."""
    if raw not in (None, "") and not isinstance(raw, list):
        raise AnswerFault("wrong_shape")
    given = list(enumerate(raw or []))
    if len(given) > 2 * group.max_rows or not all(isinstance(row, Mapping) for _, row in given):
        raise AnswerFault("wrong_shape")
    kept = [values for index, row in given for values in _row(sheet, group, index, row)]
    least = max(group.min_rows, 1) if required else group.min_rows if kept else 0
    if len(kept) < least:
        sheet.fault(group.name, AnswerFault("too_few_rows", minimum=least))
    if len(kept) > group.max_rows:
        sheet.fault(group.name, AnswerFault("too_many_rows", maximum=group.max_rows))
    return kept or None


def _row(sheet: _Sheet, group: Field, index: int, given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    own = {column.name: column for column in group.fields}
    if is_blank(given):
        return
    outer = {name: value for name, value in sheet.known.items() if name not in own}
    inner = _Sheet(outer, {**sheet.fields, **own}, sheet.circumstances, f"{sheet.prefix}{group.name}.{index}.")
    _fill(inner, group.fields, given)
    sheet.faults += inner.faults
    sheet.warnings += inner.warnings
    typed = {name: value for name, value in inner.values.items() if own[name].type != "computed"}
    if not is_blank(typed):
        yield inner.values


def is_blank(value: Any) -> bool:
    """Nothing typed and nothing ticked."""
    if isinstance(value, Mapping):
        return all(is_blank(inner) for inner in value.values())
    return value is None or value is False or value in ("", "false", [])

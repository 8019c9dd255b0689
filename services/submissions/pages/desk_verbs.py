"""What each form of the desk sends, and the action it asks for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from services.chassis.errors import FieldFault, InvalidInput
from services.submissions.actions.menu import Actions
from services.submissions.domain.dossier import Channel, Dossier, Person

Form = MultiDict[str, str]


@dataclass(frozen=True)
class Press:
    """One press of a button: who, on which dossier as it was seen, with what."""

    officer: Person
    dossier_id: str
    version: int
    form: Form

    def text(self, name: str) -> str:
        return self.form.get(name, "").strip()

    def number(self, name: str) -> int:
        """Raises: InvalidInput."""
        digits = self.text(name).replace(".", "").replace(" ", "")
        if not digits.isascii() or not digits.isdigit() or len(digits) > 12:
            raise InvalidInput(fields=[FieldFault(name, "number_wrong", "fault.number_wrong")])
        return int(digits)


def _receive(actions: Actions, press: Press) -> Dossier:
    return actions.receive(press.officer, press.dossier_id, version=press.version)


def _refuse(actions: Actions, press: Press) -> Dossier:
    return actions.refuse(press.officer, press.dossier_id, _needed(press, "refuse_reason"), version=press.version)


def _request_supplement(actions: Actions, press: Press) -> Dossier:
    missing = [(code, press.text(f"missing_note-{code}")) for code in press.form.getlist("missing")]
    note = press.text("supplement_note")
    if not missing and not note:
        raise InvalidInput(fields=[FieldFault("missing", "required", "desk.fault.missing")])
    return actions.request_supplement(press.officer, press.dossier_id, missing, note, version=press.version)


def _pass_step(actions: Actions, press: Press) -> Dossier:
    return actions.pass_step(press.officer, press.dossier_id, press.text("pass_note"), version=press.version)


def _extend(actions: Actions, press: Press) -> Dossier:
    days, reason = press.number("extend_days"), _needed(press, "extend_reason")
    if not 1 <= days <= 60:
        raise InvalidInput(fields=[FieldFault("extend_days", "out_of_range", "desk.fault.extend_days")])
    return actions.extend(press.officer, press.dossier_id, days, reason, version=press.version)


def _request_fee(actions: Actions, press: Press) -> Dossier:
    return actions.request_fee(press.officer, press.dossier_id, _amount(press, "fee_amount"), version=press.version)


def _record_fee(actions: Actions, press: Press) -> Dossier:
    return actions.record_fee(press.officer, press.dossier_id, _amount(press, "paid_amount"), version=press.version)


def _finish(actions: Actions, press: Press) -> Dossier:
    return actions.finish(press.officer, press.dossier_id, press.text("finish_note"), version=press.version)


def _return_result(actions: Actions, press: Press) -> Dossier:
    channel = press.text("return_channel")
    if channel not in {str(int(one)) for one in Channel}:
        raise InvalidInput(fields=[FieldFault("return_channel", "not_an_option", "fault.not_an_option")])
    return actions.return_result(press.officer, press.dossier_id, Channel(int(channel)), version=press.version)


def _needed(press: Press, name: str) -> str:
    if not press.text(name):
        raise InvalidInput(fields=[FieldFault(name, "required", "refusal.reason_needed.text")])
    return press.text(name)


def _amount(press: Press, name: str) -> int:
    amount = press.number(name)
    if amount <= 0:
        raise InvalidInput(fields=[FieldFault(name, "required", "desk.fault.amount")])
    return amount


@dataclass(frozen=True)
class Verb:
    """A form of the desk: its address, the names it may send, and what it does."""

    name: str
    path: str
    fields: tuple[str, ...]
    do: Callable[[Actions, Press], Dossier]

    def assert_known(self, form: Mapping[str, Any]) -> None:
        """Raises: InvalidInput, naming what this form does not have."""
        allowed = {"csrf_token", "version", *self.fields}
        unknown = [name for name in form if name not in allowed and name.partition("-")[0] not in self.fields]
        if unknown:
            raise InvalidInput(fields=[FieldFault(name, "unknown_field", "fault.unknown_field") for name in unknown])


VERBS = (
    Verb("receive", "tiep-nhan", (), _receive),
    Verb("refuse", "tu-choi", ("refuse_reason",), _refuse),
    Verb("request_supplement", "bo-sung", ("missing", "missing_note", "supplement_note"), _request_supplement),
    Verb("pass_step", "chuyen-buoc", ("pass_note",), _pass_step),
    Verb("extend", "gia-han", ("extend_days", "extend_reason"), _extend),
    Verb("request_fee", "yeu-cau-phi", ("fee_amount",), _request_fee),
    Verb("record_fee", "thu-phi", ("paid_amount",), _record_fee),
    Verb("finish", "hoan-thanh", ("finish_note",), _finish),
    Verb("return_result", "tra-ket-qua", ("return_channel",), _return_result),
)
BY_PATH = {verb.path: verb for verb in VERBS}

"""Writing, judging and publishing the texts of procedures: the work of editors, reviewers and publishers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from services.catalogue.actions.bundle import digest_of
from services.catalogue.actions.desk_rights import DeskRights
from services.catalogue.actions.draft_refusals import (
    DraftExists,
    DraftFaulty,
    DraftOutdated,
    OwnDraft,
    VersionUsed,
    WrongState,
)
from services.catalogue.actions.draft_text import text_of
from services.catalogue.actions.late_texts import LateText, LateTexts
from services.catalogue.actions.ports import Registers, Shelf, Uses
from services.catalogue.actions.records import Document, Edition, FormFile, Person
from services.catalogue.actions.versions import Version, Versions
from services.catalogue.domain.article import Who
from services.catalogue.domain.definition import Known, check
from services.catalogue.domain.differences import Difference, compare
from services.catalogue.domain.faults import Fault
from services.catalogue.domain.procedure import read_procedure
from services.catalogue.domain.versions import (
    DESK_ROLES,
    PUBLISHER,
    RULES,
    Act,
    Draft,
    HistoryLine,
    newest,
    one_before,
    owner_of,
)
from services.chassis.clock import Clock, province_time
from services.chassis.errors import Conflict, FieldFault, InvalidInput, NotFound

LONGEST_REASON = 500
FARTHEST = timedelta(days=2 * 366)


class Drafts:
    """`schema` is the JSON Schema of a definition."""

    def __init__(
        self,
        versions: Versions,
        shelf: Shelf,
        registers: Registers,
        uses: Uses,
        clock: Clock,
        schema: Mapping[str, Any],
    ) -> None:
        self._versions = versions
        self._shelf = shelf
        self._registers = registers
        self._uses = uses
        self._clock = clock
        self._schema = schema
        self._rights = DeskRights(registers)
        self._clocks = LateTexts(versions, shelf, registers, clock)

    # --- reading ---

    def draft(self, code: str, by: Person) -> Draft:
        """Raises: NotFound, also where it is none of theirs."""
        draft = self._versions.draft(code)
        if draft is None or not self._rights.may(by, DESK_ROLES, self._owners(draft)):
            raise NotFound(f"no draft of {code}")
        return draft

    def drafts_of(self, by: Person) -> list[Draft]:
        """Those on which they have a role, the one edited last first."""
        return [one for one in self._versions.drafts() if self._rights.may(by, DESK_ROLES, self._owners(one))]

    def acts(self, draft: Draft, by: Person) -> list[Act]:
        """What they can do with it now."""
        owners = self._owners(draft)
        return [
            act
            for act, rule in RULES.items()
            if draft.state in rule.states
            and self._rights.may(by, rule.roles, owners)
            and not (act == "approve" and by.id in draft.authors)
        ]

    def versions(self, code: str) -> list[Version]:
        """The newest number first. Raises: NotFound."""
        found = self._versions.all(code)
        if not found:
            raise NotFound(f"{code} has no versions")
        return found

    def public_versions(self, code: str) -> list[Version]:
        """Those that are or were in force. Raises: NotFound."""
        return [one for one in self.versions(code) if one.is_public]

    def version(self, code: str, number: int) -> Version:
        """Raises: NotFound."""
        found = self._versions.one(code, number)
        if found is None:
            raise NotFound(f"{code} has no version {number}")
        return found

    def may_read(self, version: Version, by: Person | None) -> bool:
        """Everybody reads what is or was in force, its own desk also the others."""
        return version.is_public or (
            by is not None and self._rights.may(by, DESK_ROLES, {owner_of(version.definition)})
        )

    def may_see(self, code: str, by: Person) -> bool:
        """Whether they have a role at the desk for this procedure."""
        return self._rights.may(by, DESK_ROLES, {self._owner(code)})

    def may_publish(self, code: str, by: Person) -> bool:
        return self._rights.may(by, (PUBLISHER,), {self._owner(code)})

    def history(self, subject: str) -> list[HistoryLine]:
        """The newest first."""
        return self._versions.history(subject)

    def diff(self, code: str, older: int, newer: int) -> list[Difference]:
        """0 stands for the draft. Raises: NotFound."""
        return list(compare(self._text(code, older), self._text(code, newer)))

    def clock(self, code: str) -> list[LateText]:
        """Of its draft and of the version that is or will be in force last."""
        return self._clocks.of(code)

    def late(self) -> list[LateText]:
        """Of all procedures, what was decided or is published too late, and what the calendar is too short for."""
        return self._clocks.late()

    def operator(self) -> Person:
        """Who acts from the command line."""
        return self._rights.operator()

    # --- writing ---

    def open(self, code: str, by: Person) -> Draft:
        """The draft there is, or one that begins from the newest version. Raises: NotFound; NotAllowed."""
        known = self._versions.draft(code)
        if known is not None:
            return self.draft(code, by)
        base = self._newest(code)
        if base is None:
            raise NotFound(f"{code} is not in the catalogue")
        return self._begin(code, base.definition, base.number, by)

    def new(self, code: str, definition: Mapping[str, Any], by: Person) -> Draft:
        """Raises: Conflict, where the code is in the catalogue or has a draft; NotAllowed; InvalidInput."""
        text = text_of(code, definition)
        taken = {code, *self._known("").named.get(code.lower(), ())} & set(self._shelf.standings())
        if taken or self._versions.all(code):
            raise Conflict(f"{code} is in the catalogue")
        return self._begin(code, text, 0, by)

    def save(self, code: str, revision: int, definition: Mapping[str, Any], by: Person) -> Draft:
        """It may have faults. Raises: Conflict, where somebody saved meanwhile; NotAllowed; InvalidInput."""
        draft = self._at(code, revision, "save", by)
        written = text_of(code, definition)
        self._rights.need(by, RULES["save"].roles, {owner_of(written)})
        authors = tuple(dict.fromkeys([*draft.authors, by.id]))
        return self._keep(replace(draft, definition=written, authors=authors), "save", by)

    def rebase(self, code: str, revision: int, by: Person) -> Draft:
        """The editor has seen what came meanwhile: the text goes on from the newest version."""
        draft = self._at(code, revision, "rebase", by)
        base = self._newest(code)
        return self._keep(replace(draft, base_version=base.number if base else 0), "rebase", by)

    def faults(self, code: str) -> list[Fault]:
        """What stands in the way of the draft. Raises: NotFound."""
        draft = self._versions.draft(code)
        if draft is None:
            raise NotFound(f"no draft of {code}")
        return self._faults(draft)

    def check(self, code: str, definition: Mapping[str, Any]) -> list[Fault]:
        """Faults of a text that is not stored."""
        return check(definition, self._schema, self._known(code))

    def send(self, code: str, revision: int, by: Person) -> Draft:
        """Raises: DraftFaulty beside what `save` raises."""
        draft = self._sound(self._at(code, revision, "send", by))
        return self._keep(replace(draft, note=""), "send", by)

    def send_back(self, code: str, revision: int, reason: str, by: Person) -> Draft:
        draft = self._at(code, revision, "send_back", by)
        note = _reason(reason)
        return self._keep(replace(draft, note=note), "send_back", by, note)

    def approve(self, code: str, revision: int, by: Person) -> Draft:
        """Raises: OwnDraft beside what `send` raises."""
        draft = self._at(code, revision, "approve", by)
        if by.id in draft.authors:
            raise OwnDraft("the author does not approve")
        return self._keep(self._sound(draft), "approve", by)

    def publish(self, code: str, revision: int, valid_from: date, by: Person) -> Version:
        """In force at once when `valid_from` is today, else from 00:00 of that day. Raises: DraftOutdated;
        InvalidInput, for a day gone by, before the decision takes effect or before the newest version begins.
        """
        draft = self._sound(self._at(code, revision, "publish", by))
        now, versions = self._clock.now(), self._versions.all(code)
        today = province_time(now).date()
        base = newest([one.placed for one in versions])
        if base != draft.base_version:
            raise DraftOutdated(f"begun from version {draft.base_version}, the newest is {base}", newest=base)
        newest_from = next((one.valid_from for one in versions if one.number == base), date.min)
        _check_day(valid_from, today, newest_from, draft.definition)
        forms = self._forms_of(draft, versions)
        number = versions[0].number + 1 if versions else 1
        digest = digest_of([draft.definition, [(form.name, form.sha256) for form in forms]])
        present = self._shelf.one(code)
        after = present.version if present else 0
        edition = Edition(code, number, draft.definition, digest, forms, now, _who(by), after=after)
        at_once = valid_from <= today
        version = Version(edition, valid_from, "in_force" if at_once else "scheduled", now if at_once else None)
        self._versions.publish(draft, version)
        return version

    def discard(self, code: str, revision: int, by: Person) -> None:
        draft = self._at(code, revision, "discard", by)
        self._versions.discard(draft, self._line(code, by, "discard"))

    # --- what is published ---

    def withdraw(self, code: str, version: int, reason: str, by: Person) -> None:
        """A scheduled version, or the one in force before anybody used it; then the text before it returns as a new
        version, and where there was none the procedure is retired. Raises: VersionUsed; WrongState; NotAllowed.
        """
        found = self.version(code, version)
        self._rights.need(by, (PUBLISHER,), {owner_of(found.definition)})
        note = _reason(reason)
        if found.state not in ("in_force", "scheduled"):
            raise WrongState(f"version {version} is {found.state}")
        if found.state == "scheduled":
            self._versions.withdraw(found, self._line(code, by, "withdraw", version, note), None)
            return
        used = self._uses.count(code, version)
        if used:
            raise VersionUsed(f"version {version} was used {used} times", count=used)
        line = self._line(code, by, "withdraw", version, note)
        self._versions.withdraw(found, line, self._returning(found, by))

    def retire(self, code: str, reason: str, by: Person) -> None:
        """Scheduled versions are withdrawn with it. Raises: NotFound; NotAllowed; Conflict, when it is retired."""
        self._rights.need(by, (PUBLISHER,), {self._owner(code)})
        self._shelf.retire(code, self._clock.now(), _who(by), _reason(reason))

    def begin_due(self) -> None:
        """What is scheduled for today or was missed comes into force, in order; the worker calls it.

        What has become faulty by then, for a unit that closed, waits, and so does what is scheduled after it.
        """
        now = self._clock.now()
        held = {one.code: one.number for one in reversed(self.blocked())}
        for version in self._versions.due(province_time(now).date()):
            if version.number < held.get(version.code, version.number + 1):
                self._versions.begin(version.code, version.number, now)

    def blocked(self) -> list[Version]:
        """Scheduled for today or earlier, and faulty by now."""
        due = self._versions.due(province_time(self._clock.now()).date())
        return [one for one in due if self.check(one.code, one.definition)]

    # --- how ---

    def _begin(self, code: str, definition: Mapping[str, Any], base: int, by: Person) -> Draft:
        authors = () if base else (by.id,)
        draft = Draft(code, definition, base, "editing", 1, _who(by), self._clock.now(), authors=authors)
        self._rights.need(by, RULES["save"].roles, self._owners(draft))
        try:
            self._versions.keep(draft, self._line(code, by, "open", base))
        except Conflict as conflict:
            raise DraftExists(f"{code} has a draft") from conflict
        return draft

    def _at(self, code: str, revision: int, act: Act, by: Person) -> Draft:
        draft, rule = self.draft(code, by), RULES[act]
        self._rights.need(by, rule.roles, self._owners(draft))
        if draft.revision != revision:
            raise Conflict(f"revision {draft.revision} is the stored one", revision=draft.revision)
        if draft.state not in rule.states:
            raise WrongState(f"the draft is {draft.state}")
        return draft

    def _keep(self, draft: Draft, act: Act, by: Person, note: str = "") -> Draft:
        kept = replace(draft, state=RULES[act].then or draft.state, revision=draft.revision + 1)
        if act in ("save", "rebase"):
            kept = replace(kept, edited_by=_who(by), edited_at=self._clock.now())
        self._versions.keep(kept, self._line(draft.code, by, act, note=note))
        return kept

    def _sound(self, draft: Draft) -> Draft:
        faults = self._faults(draft)
        if faults:
            raise DraftFaulty(faults)
        return draft

    def _faults(self, draft: Draft) -> list[Fault]:
        return check(draft.definition, self._schema, self._known(draft.code))

    def _known(self, code: str) -> Known:
        units = (entry.document for entry in self._registers.all("units"))
        fields = (entry.document for entry in self._registers.all("fields"))
        return Known(
            units=frozenset(unit["code"] for unit in units if unit["active"]),
            fields={field["code"]: field["name"] for field in fields},
            form_files=frozenset(form.name for one in self._versions.all(code) for form in one.edition.forms),
            procedures={one: standing.neighbour for one, standing in self._shelf.standings().items()},
        )

    def _forms_of(self, draft: Draft, versions: Sequence[Version]) -> tuple[FormFile, ...]:
        """Of each file the content that it had last."""
        forms = {form.name: form for one in reversed(versions) for form in one.edition.forms}
        return tuple(forms[name] for name in read_procedure(draft.definition).form_files)

    def _newest(self, code: str) -> Version | None:
        versions = self._versions.all(code)
        number = newest([one.placed for one in versions])
        return next((one for one in versions if one.number == number), None)

    def _returning(self, withdrawn: Version, by: Person) -> Edition | None:
        versions = self._versions.all(withdrawn.code)
        before = one_before([one.placed for one in versions], withdrawn.number)
        text = next((one.edition for one in versions if one.number == before), None)
        if text is None:
            return None
        number = versions[0].number + 1
        return replace(
            text, version=number, published_at=self._clock.now(), by=_who(by), note="", after=withdrawn.number
        )

    def _text(self, code: str, number: int) -> Mapping[str, Any]:
        if number:
            return self.version(code, number).definition
        draft = self._versions.draft(code)
        if draft is None:
            raise NotFound(f"no draft of {code}")
        return draft.definition

    # --- rights ---

    def _owners(self, draft: Draft) -> set[str]:
        """The unit that has the text and, where the draft gives it to another, that one: a role is needed for both."""
        base = self._versions.one(draft.code, draft.base_version) if draft.base_version else None
        return {draft.owner} if base is None else {draft.owner, owner_of(base.definition)}

    def _owner(self, code: str) -> str:
        newest_one, draft = self._newest(code), self._versions.draft(code)
        if newest_one is None and draft is None:
            raise NotFound(f"{code} is not in the catalogue")
        return owner_of(newest_one.definition) if newest_one else draft.owner if draft else ""

    def _line(self, code: str, by: Person, what: str, version: int = 0, note: str = "") -> HistoryLine:
        return HistoryLine(code, self._clock.now(), _who(by), what, version, note)


def _who(by: Person) -> Who:
    return Who(by.id, by.name)


def _reason(text: str) -> str:
    given = text.strip()
    if not given:
        raise InvalidInput("no reason", fields=[FieldFault("reason", "required", "fault.required")])
    if len(given) > LONGEST_REASON:
        facts = {"max": LONGEST_REASON}
        raise InvalidInput("a long reason", fields=[FieldFault("reason", "too_long", "fault.too_long", facts)])
    return given


def _check_day(valid_from: date, today: date, newest_from: date, definition: Document) -> None:
    effective = date.fromisoformat(definition["decision"]["effective"])
    wrong = None
    if valid_from < today:
        wrong = ("gone_by", {"day": today})
    elif valid_from < newest_from:
        wrong = ("before_newest", {"day": newest_from})
    elif valid_from < effective:
        wrong = ("before_effective", {"day": effective})
    elif valid_from > today + FARTHEST:
        wrong = ("too_far", {"day": today + FARTHEST})
    if wrong:
        code, facts = wrong
        shown = {name: f"{day:%d/%m/%Y}" for name, day in facts.items()}
        raise InvalidInput(code, fields=[FieldFault("valid_from", code, f"versions.fault.{code}", shown)])

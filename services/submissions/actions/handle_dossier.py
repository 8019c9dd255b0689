"""The verbs of the desk: what officers do with a dossier after it was sent.

Each reads the dossier within the officer's units, asks `lifecycle`, and stores with compare-and-set. All raise
NotFound, NotYours, NotNow, and ChangedMeanwhile for the second of two officers who press at once: `version` is the one
the officer had before them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.chassis.clock import Clock, province_time
from services.submissions.actions.ports import Calendars, Documents, Dossiers
from services.submissions.domain import codes, components, deadline, lifecycle, refusals, rules
from services.submissions.domain.codes import Scheme
from services.submissions.domain.document import State
from services.submissions.domain.dossier import Channel, Dossier, MissingPaper, Person
from services.submissions.domain.events import Change


@dataclass(frozen=True)
class _Desk:
    """What every desk verb stands on."""

    dossiers: Dossiers
    clock: Clock

    def _seen(self, officer: Person, dossier_id: str, version: int | None) -> Dossier:
        dossier = self.dossiers.at_desk(dossier_id, officer)
        if version is not None and version != dossier.version:
            raise refusals.ChangedMeanwhile("somebody was faster")
        return dossier

    def _do(
        self, officer: Person, dossier_id: str, version: int | None, verb: Callable[[Dossier, datetime], Change]
    ) -> Dossier:
        dossier = self._seen(officer, dossier_id, version)
        change = verb(dossier, self.clock.now())
        self.dossiers.save(change.dossier, dossier.version, change.events)
        return change.dossier


@dataclass(frozen=True)
class Receive(_Desk):
    """Tiếp nhận: the official code and the due date. Raises also: CodesUsedUp, CalendarMissing."""

    calendars: Calendars
    scheme: Scheme

    def __call__(self, officer: Person, dossier_id: str, *, version: int | None = None) -> Dossier:
        dossier = self._seen(officer, dossier_id, version)
        rules.assert_may("receive", dossier, officer)
        now = self.clock.now()
        day = province_time(now).date()
        unit = dossier.unit.code_qd20 if self.scheme is Scheme.QD20 and dossier.unit.code_qd20 else dossier.unit.code
        scheme = self.scheme if unit != dossier.unit.code else Scheme.LEGACY
        calendar = self.calendars.working()

        def numbered(number: int) -> Change:
            return lifecycle.receive(dossier, officer, codes.official(scheme, unit, day, number), calendar, now)

        return self.dossiers.save_numbered(dossier.version, unit, day, numbered)


@dataclass(frozen=True)
class Refuse(_Desk):
    """Từ chối tiếp nhận (Mẫu 03). Raises also: ReasonNeeded."""

    def __call__(self, officer: Person, dossier_id: str, reason: str, *, version: int | None = None) -> Dossier:
        return self._do(officer, dossier_id, version, lambda d, now: lifecycle.refuse(d, officer, reason.strip(), now))


@dataclass(frozen=True)
class RequestSupplement(_Desk):
    """Yêu cầu bổ sung (Mẫu 02), once; a second time only by a leader. The clock pauses.

    Raises also: ReasonNeeded, SupplementAskedBefore, UnknownComponent, CalendarMissing.
    """

    calendars: Calendars

    def __call__(
        self,
        officer: Person,
        dossier_id: str,
        missing: Sequence[tuple[str, str]],
        note: str,
        *,
        version: int | None = None,
    ) -> Dossier:
        """`missing` pairs a component's code with what is wrong with it; `note` says the rest in words."""

        def ask(dossier: Dossier, now: datetime) -> Change:
            papers = [_paper(dossier, code, words.strip()) for code, words in missing]
            calendar = self.calendars.working().of(dossier.unit.code)
            answer_by = deadline.respond_by(now, dossier.procedure.supplement_days, calendar)
            return lifecycle.request_supplement(dossier, officer, papers, note.strip(), answer_by, now)

        return self._do(officer, dossier_id, version, ask)


@dataclass(frozen=True)
class PassStep(_Desk):
    """Chuyển bước: to the next step of the workflow. Raises also: NoStepLeft."""

    def __call__(self, officer: Person, dossier_id: str, note: str = "", *, version: int | None = None) -> Dossier:
        return self._do(officer, dossier_id, version, lambda d, now: lifecycle.pass_step(d, officer, note.strip(), now))


@dataclass(frozen=True)
class Extend(_Desk):
    """Xin lỗi và hẹn lại (Mẫu 04), once. Raises also: ReasonNeeded, CalendarMissing."""

    calendars: Calendars

    def __call__(
        self, officer: Person, dossier_id: str, working_days: int, reason: str, *, version: int | None = None
    ) -> Dossier:
        """The new date is so many working days after the old one, at the same clock time."""

        def prolong(dossier: Dossier, now: datetime) -> Change:
            calendar = self.calendars.working().of(dossier.unit.code)
            new = deadline.prolonged(dossier.due_at or now, working_days, calendar)
            return lifecycle.extend(dossier, officer, new, reason.strip(), now)

        return self._do(officer, dossier_id, version, prolong)


@dataclass(frozen=True)
class RequestFee(_Desk):
    """Yêu cầu thực hiện nghĩa vụ tài chính: the clock pauses until it is paid. Raises also: ReasonNeeded."""

    def __call__(self, officer: Person, dossier_id: str, amount: int, *, version: int | None = None) -> Dossier:
        return self._do(officer, dossier_id, version, lambda d, now: lifecycle.request_fee(d, officer, amount, now))


@dataclass(frozen=True)
class RecordFee(_Desk):
    """Đã thu tại quầy: paid at the desk, in whole đồng. Raises also: CalendarMissing."""

    calendars: Calendars

    def __call__(self, officer: Person, dossier_id: str, amount: int, *, version: int | None = None) -> Dossier:
        return self._do(
            officer,
            dossier_id,
            version,
            lambda d, now: lifecycle.record_fee(d, officer, amount, self.calendars.working(), now),
        )


@dataclass(frozen=True)
class Finish(_Desk):
    """Xử lý xong: the result, as files that were attached before and a note. Result files may not be refused ones.

    Raises also: ResultNeeded, StepsLeft, StillChecking, DocumentRefused.
    """

    documents: Documents

    def __call__(self, officer: Person, dossier_id: str, note: str = "", *, version: int | None = None) -> Dossier:
        def end(dossier: Dossier, now: datetime) -> Change:
            files = components.results(self.documents.of(dossier.id))
            refused = next((file for file in files if file.state is State.REFUSED), None)
            if refused is not None:
                raise refusals.DocumentRefused(
                    "a result file was refused", reason=str(refused.reason), file=refused.name
                )
            return lifecycle.finish(dossier, officer, note.strip(), any(file.counts for file in files), now)

        return self._do(officer, dossier_id, version, end)


@dataclass(frozen=True)
class ReturnResult(_Desk):
    """Trả kết quả: from now on the applicant sees the result. Raises also: StillChecking, DocumentRefused."""

    documents: Documents

    def __call__(
        self, officer: Person, dossier_id: str, channel: Channel | None = None, *, version: int | None = None
    ) -> Dossier:
        def give(dossier: Dossier, now: datetime) -> Change:
            for file in components.results(self.documents.of(dossier.id)):
                if file.state in (State.UPLOADED, State.CHECKING):
                    raise refusals.StillChecking("a result file has not been checked yet", file=file.name)
            return lifecycle.return_result(dossier, officer, channel or dossier.return_channel, now)

        return self._do(officer, dossier_id, version, give)


def _paper(dossier: Dossier, code: str, note: str) -> MissingPaper:
    component = dossier.procedure.component(code)
    if component is None:
        raise refusals.UnknownComponent("not a component of this procedure", component=code)
    return MissingPaper(code, component.name, note)

"""Every dossier event: a schema, a sample, and a producer that keeps to them."""

import json
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from services.chassis.clock import FixedClock
from services.chassis.crypto import Sealer
from services.chassis.messages.envelope import BrokenEvent
from services.chassis.messages.schemas import Audience, Schemas
from services.chassis.testing import RecordingOutbox
from services.submissions.domain import codes, lifecycle
from services.submissions.domain.codes import Scheme
from services.submissions.domain.dossier import Channel, Dossier, MissingPaper
from services.submissions.domain.events import Change, Happened
from services.submissions.messages.outgoing import Teller, private_data
from tests.support.submissions import APPLICANT, MONDAY, SCHEMAS, UNIT, calendar, citizen, dossier, officer

NOW = MONDAY.astimezone(UTC)
BEGINNING = ("submitted", "received", "refused")
MIDDLE = ("supplement_requested", "supplemented", "fee_requested", "fee_paid", "step_changed", "extended")
END = ("finished", "returned", "withdrawn", "stopped")
#: Agreed with agencies, said by nobody yet.
NOT_YET = ("suspended", "resumed")
VERBS = (*BEGINNING, *MIDDLE, *END, *NOT_YET)
schemas = Schemas(SCHEMAS)


def every_event() -> list[Happened]:
    """One of each kind, from real lives of dossiers."""
    told: list[Happened] = []

    def do(change: Change) -> Dossier:
        told.extend(change.events)
        return change.dossier

    me, receiver, leader, years = citizen(), officer("receiver"), officer("leader"), calendar()
    code = codes.official(Scheme.LEGACY, UNIT, date(2026, 11, 23), 1)
    sent = do(lifecycle.submit(dossier(), me, codes.provisional(UNIT, date(2026, 11, 23)), Channel.ONLINE, NOW))
    do(lifecycle.refuse(sent, receiver, "Không đúng thẩm quyền", NOW))
    do(lifecycle.withdraw(sent, me, "Nhầm thủ tục", NOW))
    received = do(lifecycle.receive(sent, receiver, code, years, NOW))
    papers = [MissingPaper("giay-chung-sinh", "Giấy chứng sinh", "mờ")]
    asked = do(lifecycle.request_supplement(received, receiver, papers, "Xin bổ sung", NOW, NOW))
    do(lifecycle.stop_unanswered(asked, NOW + timedelta(seconds=1)))
    answered = do(lifecycle.supplement(asked, me, years, NOW))
    paid = do(
        lifecycle.record_fee(do(lifecycle.request_fee(answered, receiver, 8000, NOW)), receiver, 8000, years, NOW)
    )
    extended = do(lifecycle.extend(paid, receiver, NOW + timedelta(days=9), "Cần xác minh", NOW))
    passed = do(lifecycle.pass_step(extended, receiver, "", NOW))
    done = do(lifecycle.finish(passed, leader, "Số 12", True, NOW))
    do(lifecycle.return_result(done, officer("returner"), Channel.POST, NOW))
    return told


def say(event: Happened) -> RecordingOutbox:
    outbox = RecordingOutbox("submissions", FixedClock(NOW), schemas)
    Teller(outbox, Sealer(Fernet.generate_key().decode()))(None, event)  # type: ignore[arg-type]
    return outbox


def sample(audience: str, verb: str) -> dict[str, Any]:
    file = Path(SCHEMAS) / "samples" / audience / f"dossier.{verb}.v1.json"
    loaded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("audience", ["internal", "public"])
@pytest.mark.parametrize("verb", VERBS)
def test_every_sample_keeps_to_its_schema_and_more_is_refused(verb: str, audience: Audience) -> None:
    data = sample(audience, verb)
    schemas.check(audience, f"dossier.{verb}", data)

    for breach in (
        {**data, "applicant_name": "x"},
        {**data, "status": 0},
        {k: v for k, v in data.items() if k != "unit"},
    ):
        with pytest.raises(BrokenEvent):
            schemas.check(audience, f"dossier.{verb}", breach)


def test_every_verb_of_the_contract_is_told_or_known_as_not_yet() -> None:
    assert {event.verb for event in every_event()} == set(VERBS) - set(NOT_YET)


@pytest.mark.parametrize("event", every_event(), ids=lambda event: event.verb)
def test_the_producer_keeps_to_the_schemas_and_samples(event: Happened) -> None:
    internal, public = say(event).said

    assert set(internal.event.data) == set(sample("internal", event.verb))
    assert set(public.event.data) == set(sample("public", event.verb))
    assert public.routing_key == f"dossier.{event.verb}.000-17-22-H56.ho-tich.1-001193"
    assert public.event.subject == internal.event.subject == event.dossier.shown_code
    assert public.event.sequence == event.dossier.sequence


@pytest.mark.parametrize("event", every_event(), ids=lambda event: event.verb)
def test_nothing_personal_is_told_in_the_open(event: Happened) -> None:
    for said in say(event).said:
        text = json.dumps(said.event.data, ensure_ascii=False)
        for secret in (
            *APPLICANT.values(),
            "1990-03-05",
            "Trần Bảo An",
            "Lê Văn Cán Bộ",
            "mờ",
            "Nhầm thủ tục",
            "Số 12",
        ):
            assert secret not in text


def test_what_the_notifier_needs_is_in_the_private_part() -> None:
    by_verb = {event.verb: private_data(event) for event in every_event()}

    assert by_verb["submitted"]["applicant_name"] == "Nguyễn Thị Hương Giang"
    assert by_verb["refused"]["reason"] == "Không đúng thẩm quyền"
    asked = by_verb["supplement_requested"]
    assert asked["missing"] == [{"component": "giay-chung-sinh", "name": "Giấy chứng sinh", "note": "mờ"}]
    assert asked["respond_by"] == NOW.isoformat()
    assert by_verb["finished"]["result_note"] == by_verb["returned"]["result_note"] == "Số 12"


def test_the_subject_changes_to_the_official_code_at_reception() -> None:
    submitted, received = (next(e for e in every_event() if e.verb == verb) for verb in ("submitted", "received"))

    assert say(submitted).said[0].event.subject.startswith("TN-1722-261123-")
    assert say(received).said[0].event.subject == "000.17.22.H56-261123-0001"

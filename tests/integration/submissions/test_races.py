"""Two at once, on the real database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from services.chassis.errors import Refusal
from services.submissions.domain.dossier import Status
from tests.support.submissions import Bench, citizen, officer, pdf

T = TypeVar("T")


def at_once(*calls: Callable[[], T]) -> list[T | str]:
    """Each call's answer, or the code of its refusal."""

    def outcome(call: Callable[[], T]) -> T | str:
        try:
            return call()
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(outcome, calls))


def test_many_presses_at_once_send_one_dossier(service: Bench) -> None:
    draft = service.draft()
    service.attach(draft.id, pdf())
    answers = at_once(*[lambda: service.actions.submit(citizen(), draft.id, key="press-0001").provisional_code] * 8)

    assert len(set(answers)) == 1
    assert service.told() == ["dossier.submitted"]
    assert service.told("motcua.events") == ["dossier.submitted"]


def test_one_key_opens_one_draft_however_fast(service: Bench) -> None:
    start = service.actions.start_draft
    answers = at_once(*[lambda: start(citizen(), "1.001193", "000.17.22.H56", key="open-0001").id] * 6)

    assert len(set(answers)) == 1
    assert len(service.actions.read.own_list(citizen(), drafts=True).rows) == 1


def test_of_two_officers_who_press_at_once_one_wins_and_the_other_is_told(service: Bench) -> None:
    sent = service.sent()
    officers = [officer("receiver", account_id=f"receiver-{n}") for n in range(2)]
    answers = at_once(
        lambda: service.actions.receive(officers[0], sent.id, version=sent.version).code,
        lambda: service.actions.refuse(officers[1], sent.id, "Trùng hồ sơ", version=sent.version).code,
    )

    assert sorted(map(bool, answers)) in ([False, True], [True, True])
    assert "changed_meanwhile" in answers
    assert len(service.told()) == 2


def test_codes_of_a_day_have_no_gap_and_no_twin(service: Bench) -> None:
    sent = [service.sent().id for _ in range(12)]
    codes = at_once(*[lambda id=id: service.actions.receive(officer("receiver"), id).code for id in sent])

    assert sorted(map(str, codes)) == [f"000.17.22.H56-261123-{n:04d}" for n in range(1, 13)]


def test_a_component_never_gets_more_files_than_it_takes(service: Bench) -> None:
    draft = service.draft()
    begin = service.actions.attach.begin
    answers = at_once(*[lambda: begin(citizen(), draft.id, "giay-chung-sinh", "a.pdf", 10).document.state] * 6)

    assert sorted(map(str, answers)) == ["expected"] * 2 + ["too_many_files"] * 4


def test_a_paper_taken_out_while_sending_is_never_sent_without(service: Bench) -> None:
    def send_and_remove(draft_id: str, paper: str) -> None:
        at_once(
            lambda: service.actions.submit(citizen(), draft_id, key=f"press-{draft_id}").id,
            lambda: str(service.actions.remove_document(citizen(), draft_id, paper)),
        )

    for _ in range(5):
        draft = service.draft()
        send_and_remove(draft.id, service.attach(draft.id, pdf()))
        view = service.actions.read.own(citizen(), draft.id)
        assert (view.dossier.status is Status.SUBMITTED) == (not view.shelves[0].is_missing)

"""The editing desk: who may do what in which state, and when a text may be published."""

from collections.abc import Callable
from datetime import timedelta
from typing import get_args

import pytest

from services.catalogue.actions.draft_refusals import DraftFaulty, DraftOutdated, OwnDraft, VersionUsed, WrongState
from services.catalogue.actions.records import Person
from services.catalogue.domain.versions import DESK_ROLES, RULES, Act, Draft, DraftState
from services.chassis.errors import Conflict, InvalidInput, NotAllowed, NotFound, TooLarge
from services.chassis.identity import Duty
from tests.support.bundles import PROVINCE, definition
from tests.support.drafting import CODE, COMMUNE, EDITOR, PUBLISHER, REVIEWER, TODAY, Office, office, person

ALLOWED: dict[tuple[str, str], set[str]] = {
    ("editing", "save"): {"editor"},
    ("editing", "rebase"): {"editor"},
    ("editing", "send"): {"editor"},
    ("in_review", "send_back"): {"reviewer", "publisher"},
    ("approved", "send_back"): {"reviewer", "publisher"},
    ("in_review", "approve"): {"reviewer"},
    ("approved", "publish"): {"publisher"},
    ("editing", "discard"): {"editor", "publisher"},
    ("in_review", "discard"): {"editor", "publisher"},
    ("approved", "discard"): {"editor", "publisher"},
}
CELLS = [(state, act, role) for state in get_args(DraftState) for act in RULES for role in (*DESK_ROLES, "receiver")]


def in_state(desk: Office, state: str) -> Draft:
    draft = desk.edited()
    if state != "editing":
        draft = desk.drafts.send(CODE, draft.revision, EDITOR)
    return desk.drafts.approve(CODE, draft.revision, REVIEWER) if state == "approved" else draft


def doing(desk: Office, act: Act, draft: Draft, by: Person) -> Callable[[], object]:
    code, revision = draft.code, draft.revision
    return {
        "save": lambda: desk.drafts.save(code, revision, draft.definition, by),
        "rebase": lambda: desk.drafts.rebase(code, revision, by),
        "send": lambda: desk.drafts.send(code, revision, by),
        "send_back": lambda: desk.drafts.send_back(code, revision, "Thiếu căn cứ", by),
        "approve": lambda: desk.drafts.approve(code, revision, by),
        "publish": lambda: desk.drafts.publish(code, revision, TODAY, by),
        "discard": lambda: desk.drafts.discard(code, revision, by),
    }[act]


@pytest.mark.parametrize(("state", "act", "role"), CELLS)
def test_each_role_does_what_is_its_own_in_each_state_and_nothing_else(state: str, act: Act, role: str) -> None:
    desk = office()
    draft, by = in_state(desk, state), person(role, 2)
    do = doing(desk, act, draft, by)
    if role in ALLOWED.get((state, act), ()):
        assert act in desk.drafts.acts(draft, by)
        do()
        assert desk.done()[-1] == act
        return
    assert act not in desk.drafts.acts(draft, by)
    refusals = NotFound if role == "receiver" else WrongState if role in RULES[act].roles else NotAllowed
    with pytest.raises(refusals):
        do()
    assert desk.versions.draft(CODE) == draft


def test_whoever_wrote_in_a_draft_never_approves_it() -> None:
    desk = office()
    both = Person("both", "Both", (Duty(PROVINCE, "editor"), Duty(PROVINCE, "reviewer")))
    draft = desk.drafts.open(CODE, EDITOR)
    draft = desk.drafts.save(CODE, draft.revision, {**draft.definition, "sets": 2}, both)
    draft = desk.drafts.save(CODE, draft.revision, {**draft.definition, "sets": 3}, EDITOR)
    draft = desk.drafts.send(CODE, draft.revision, EDITOR)
    assert "approve" not in desk.drafts.acts(draft, both)
    with pytest.raises(OwnDraft):
        desk.drafts.approve(CODE, draft.revision, both)


def test_a_role_in_another_unit_sees_nothing_and_in_the_owners_is_enough() -> None:
    desk = office()
    desk.published(owner=COMMUNE)
    commune, other = person("editor", 5, COMMUNE), person("editor", 6, "000.01.22.H56")
    assert desk.drafts.open(CODE, commune).owner == COMMUNE
    assert [one.code for one in desk.drafts.drafts_of(commune)] == [CODE]
    assert desk.drafts.drafts_of(other) == []
    with pytest.raises(NotFound):
        desk.drafts.draft(CODE, other)


def test_a_text_is_not_given_to_or_taken_from_a_unit_by_its_editors_alone() -> None:
    desk = office()
    desk.published(owner=COMMUNE)
    commune = person("editor", 5, COMMUNE)
    draft = desk.drafts.open(CODE, commune)
    for owner in ("000.01.22.H56", ""):
        with pytest.raises(NotAllowed):
            desk.drafts.save(CODE, draft.revision, {**draft.definition, "owner": owner}, commune)


def test_a_text_with_faults_is_saved_and_named_but_not_sent() -> None:
    desk = office()
    draft = desk.edited(name="")
    faults = desk.drafts.faults(CODE)
    assert {fault.path for fault in faults} == {"name"}
    with pytest.raises(DraftFaulty) as refused:
        desk.drafts.send(CODE, draft.revision, EDITOR)
    assert refused.value.facts == {"count": len(faults)}


def test_a_stale_revision_is_refused_and_tells_the_present_one() -> None:
    desk = office()
    draft = desk.edited()
    with pytest.raises(Conflict) as refused:
        desk.drafts.save(CODE, draft.revision - 1, draft.definition, EDITOR)
    assert refused.value.facts == {"revision": draft.revision}


def test_a_draft_that_would_undo_a_newer_version_goes_on_from_it_first() -> None:
    desk = office()
    draft = desk.approved()
    desk.drafts.withdraw(CODE, 1, "Nhầm", PUBLISHER)
    with pytest.raises(DraftOutdated):
        desk.drafts.publish(CODE, draft.revision, TODAY, PUBLISHER)
    draft = desk.drafts.send_back(CODE, draft.revision, "Có phiên bản mới", REVIEWER)
    draft = desk.drafts.rebase(CODE, draft.revision, EDITOR)
    draft = desk.drafts.send(CODE, draft.revision, EDITOR)
    draft = desk.drafts.approve(CODE, draft.revision, REVIEWER)
    assert desk.drafts.publish(CODE, draft.revision, TODAY, PUBLISHER).number == 2


@pytest.mark.parametrize(
    ("since", "code"),
    [(TODAY - timedelta(days=1), "gone_by"), (TODAY + timedelta(days=800), "too_far")],
)
def test_a_version_begins_neither_in_the_past_nor_far_away(since: object, code: str) -> None:
    desk = office()
    draft = desk.approved()
    with pytest.raises(InvalidInput) as refused:
        desk.drafts.publish(CODE, draft.revision, since, PUBLISHER)  # type: ignore[arg-type]
    assert [fault.code for fault in refused.value.fields] == [code]


def test_a_version_begins_neither_before_its_decision_takes_effect_nor_before_the_newest() -> None:
    desk = office()
    soon = TODAY + timedelta(days=5)
    decision = {"number": "1/QĐ", "date": "2026-11-20", "effective": soon.isoformat()}
    draft = desk.approved(decision=decision)
    with pytest.raises(InvalidInput, match="before_effective"):
        desk.drafts.publish(CODE, draft.revision, TODAY, PUBLISHER)
    desk.drafts.publish(CODE, draft.revision, soon, PUBLISHER)
    draft = desk.approved(decision=decision, supplement_days=9)
    with pytest.raises(InvalidInput, match="before_newest"):
        desk.drafts.publish(CODE, draft.revision, soon - timedelta(days=1), PUBLISHER)


def test_a_used_version_is_not_withdrawn() -> None:
    desk = office()
    desk.published()
    desk.uses.note(CODE, 2, desk.clock.now())
    with pytest.raises(VersionUsed):
        desk.drafts.withdraw(CODE, 2, "Sai phí", PUBLISHER)
    assert desk.present() == 2


def test_a_reason_is_needed_to_withdraw_to_retire_and_to_send_back() -> None:
    desk = office()
    with pytest.raises(InvalidInput):
        desk.drafts.withdraw(CODE, 1, " ", PUBLISHER)
    with pytest.raises(InvalidInput):
        desk.drafts.retire(CODE, "", PUBLISHER)
    with pytest.raises(NotAllowed):
        desk.drafts.retire(CODE, "Bãi bỏ", EDITOR)


def test_a_code_or_alias_in_the_catalogue_is_no_new_procedure() -> None:
    desk = office()
    with pytest.raises(Conflict):
        desk.drafts.new(CODE, definition(), EDITOR)
    with pytest.raises(TooLarge):
        desk.drafts.new("1.000009", {"name": "x" * 2_000_000}, EDITOR)


def test_late_drafts_are_named_with_the_years_the_calendar_lacks() -> None:
    desk = office()
    decision = {"number": "1/QĐ", "date": "2026-11-02", "effective": "2026-11-05"}
    desk.edited(decision=decision)
    draft_clock = desk.drafts.clock(CODE)[0]
    assert (draft_clock.version, draft_clock.clock.overdue, draft_clock.clock.decided_too_late) == (0, True, True)
    assert (CODE, 0) in [(text.code, text.version) for text in desk.drafts.late()]
    desk.drafts.discard(CODE, 2, EDITOR)
    desk.edited(decision={"number": "1/QĐ", "date": "2029-11-02", "effective": "2029-11-05"})
    assert desk.drafts.clock(CODE)[0].clock.missing_year == 2029

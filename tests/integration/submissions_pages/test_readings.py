"""Who saw a dossier and opened its files, as its applicant and a leader of the unit read it, on real servers."""

from tests.integration.submissions_pages.conftest import Enter
from tests.support.submissions import OTHER_UNIT, Bench, citizen, officer

RECEIVER = officer("receiver")


def test_the_applicant_sees_which_office_looked_but_nobodys_name(service: Bench, enter: Enter) -> None:
    id = service.sent().id
    me = enter(citizen())
    assert "Chưa có ai xem" in me.opens(f"/ho-so/{id}/luot-xem").text
    enter(RECEIVER).opens(f"/can-bo/ho-so/{id}")
    page = me.opens(f"/ho-so/{id}/luot-xem").text
    assert "Xem hồ sơ" in page
    assert RECEIVER.name not in page
    assert f"/ho-so/{id}/luot-xem" in me.opens(f"/ho-so/{id}").text


def test_a_leader_sees_by_name_who_opened_which_file(service: Bench, enter: Enter) -> None:
    id = service.sent().id
    service.parts.actions.check_documents()
    document = service.parts.actions.read.documents.of(id)[0].id
    assert enter(RECEIVER).opens(f"/can-bo/ho-so/{id}/tai-lieu/{document}").status_code == 303
    enter(citizen()).opens(f"/ho-so/{id}/tai-lieu/{document}")
    leader = enter(officer("leader"))
    page = leader.opens(f"/can-bo/ho-so/{id}/luot-xem").text
    assert RECEIVER.name in page
    assert page.count("Mở tệp") == 2
    assert f"/can-bo/ho-so/{id}/luot-xem" in leader.opens(f"/can-bo/ho-so/{id}").text


def test_others_do_not_learn_who_looked(service: Bench, enter: Enter) -> None:
    id = service.sent().id
    assert enter(citizen("citizen-2")).opens(f"/ho-so/{id}/luot-xem").status_code == 404
    assert enter(RECEIVER).opens(f"/can-bo/ho-so/{id}/luot-xem").status_code == 403
    stranger = officer("leader", OTHER_UNIT, "leader-2")
    assert enter(stranger).opens(f"/can-bo/ho-so/{id}/luot-xem").status_code == 404


def test_names_of_those_who_looked_are_not_stored_in_clear(service: Bench, enter: Enter) -> None:
    enter(RECEIVER).opens(f"/can-bo/ho-so/{service.sent().id}")
    rows = list(service.parts.db["readings"].find())
    assert len(rows) == 1
    assert RECEIVER.name not in str(rows)

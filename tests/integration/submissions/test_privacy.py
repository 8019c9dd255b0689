"""What is personal is not readable at rest, and nobody meets a dossier that is not theirs."""

from typing import Any

from bson import encode

from services.submissions.actions.ports import DeskFilter
from tests.support.submissions import APPLICANT, CHILD, OTHER_UNIT, Bench, citizen, officer, pdf

REASON = "Ảnh chụp giấy của bà Giang bị mờ"


def everything(service: Bench) -> bytes:
    db = service.parts.db
    rows: list[Any] = [row for name in db.list_collection_names() for row in db[name].find()]
    return b"".join(encode(row, codec_options=db.codec_options) for row in rows)


def test_nothing_personal_lies_open_in_the_database_or_in_events(service: Bench) -> None:
    draft = service.draft()
    service.attach(draft.id, pdf(), "CCCD Nguyễn Thị Hương Giang.pdf")
    sent = service.actions.submit(citizen(), draft.id, key="press-0001")
    service.actions.request_supplement(officer("receiver"), sent.id, [("giay-chung-sinh", REASON)], REASON)

    stored = everything(service)
    for text in (*map(str, {**APPLICANT, **CHILD}.values()), "1990-03-05", REASON, "CCCD Nguyễn", "Lê Văn Cán Bộ"):
        if text not in ("on",):
            assert text.encode() not in stored, text


def test_the_private_part_opens_for_our_own_services_only(service: Bench) -> None:
    sent = service.sent()
    internal, public = service.bodies()[0], service.bodies("motcua.events")[0]

    assert service.sealer.open(internal["private"]) == {
        "applicant_name": "Nguyễn Thị Hương Giang",
        "identity_number": "038190001234",
        "reason": None,
        "missing": None,
        "respond_by": None,
        "result_note": None,
    }
    assert internal["account_id"] == sent.account_id
    assert set(internal) - set(public) == {"dossier_id", "account_id", "version", "private"}


def test_lists_hold_only_what_is_ones_own(service: Bench) -> None:
    mine = service.sent()
    service.draft(citizen("citizen-2"))
    read = service.actions.read

    assert read.own_list(citizen("citizen-2")).rows == ()
    assert read.own_list(officer("receiver")).rows == ()
    assert [row.id for row in read.own_list(citizen()).rows] == [mine.id]
    for stranger in (officer("receiver", OTHER_UNIT), officer("unit_admin"), citizen("citizen-2"), citizen()):
        assert read.desk_list(stranger).rows == ()
        assert read.desk_list(stranger, DeskFilter(code=mine.provisional_code)).rows == ()
        assert read.desk_list(stranger, DeskFilter(identity_number="038190001234")).rows == ()
        assert read.desk_list(stranger, DeskFilter(unit="000.17.22.H56", mine=True)).rows == ()
        assert read.desk_counts(stranger) == {}

"""Files against the real object storage and the real scanner."""

from datetime import timedelta

import pytest
import requests

from services.chassis.blobs import Blobs
from services.chassis.mongo import Client, Db
from services.submissions.actions.attach_document import Upload
from services.submissions.domain import refusals
from services.submissions.domain.document import Reason, State
from tests.support.servers import Servers
from tests.support.submissions import Bench, bench, citizen, docx, image, officer, pdf
from tests.support.waiting import until

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
#: clamd looks into the parts of a document.
INFECTED = docx(**{"word/media/image1.png": EICAR})
EXE = b"MZ\x90\x00\x03" + bytes(60) + b"PE\x00\x00" + bytes(500)


def begin(service: Bench, content: bytes = b"", name: str = "giấy.pdf") -> Upload:
    draft = service.draft()
    return service.actions.attach.begin(citizen(), draft.id, "giay-chung-sinh", name, len(content or pdf()))


def put(url: str, content: bytes) -> int:
    return requests.put(url, data=content, timeout=10).status_code


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (INFECTED, "nhiễm.docx", Reason.VIRUS),
        (EXE, "chương trình.pdf", Reason.WRONG_KIND),
        (docx(word__media=bytes(60_000_000)), "bom.docx", Reason.BOMB),
        (image()[:300], "nửa ảnh.jpg", Reason.BROKEN),
    ],
    ids=["EICAR", "exe as pdf", "zip bomb", "half a picture"],
)
def test_a_bad_file_is_refused_and_its_bytes_go(service: Bench, content: bytes, name: str, reason: Reason) -> None:
    upload = begin(service, content, name)
    assert put(upload.url, content) == 200
    document = upload.document
    service.actions.attach.confirm(citizen(), document.dossier_id, document.id)
    service.actions.check_documents()

    view = service.actions.read.own(citizen(), document.dossier_id)
    assert (view.shelves[0].documents[0].state, view.shelves[0].documents[0].reason) == (State.REFUSED, reason)
    assert [fault.text_key for fault in view.faults] == [f"fault.file.{reason}"]
    assert list(service.parts.blobs.list("")) == []
    with pytest.raises(refusals.DocumentRefused):
        service.actions.download.own(citizen(), document.dossier_id, document.id)


def test_every_kind_is_taken_from_upload_to_download(service: Bench) -> None:
    draft = service.draft()
    for content, name in ((pdf(), "a.pdf"), (image(), "b.jpeg"), (image("PNG"), "c.png"), (docx(), "d.docx")):
        service.attach(draft.id, content, name, "khac" if name > "b.z" else "giay-chung-sinh")
    assert service.actions.check_documents() == 4

    for shelf in service.actions.read.own(citizen(), draft.id).shelves:
        for document in shelf.documents:
            answer = requests.get(service.actions.download.own(citizen(), draft.id, document.id), timeout=10)
            assert answer.status_code == 200
            assert len(answer.content) == document.size
            assert answer.headers["content-type"] == document.media_type
            assert answer.headers["content-disposition"].startswith("attachment")


def test_a_twenty_megabyte_picture_is_refused_when_it_is_announced_and_when_it_is_put_all_the_same(
    service: Bench,
) -> None:
    huge = image() + bytes(20 * 1024 * 1024)
    with pytest.raises(refusals.FileTooLarge):
        begin(service, huge, "ảnh.jpg")

    upload = begin(service, image(), "ảnh.jpg")
    assert put(upload.url, huge) == 200
    with pytest.raises(refusals.FileTooLarge) as refused:
        service.actions.attach.confirm(citizen(), upload.document.dossier_id, upload.document.id)
    assert refused.value.facts == {"megabytes": 10}
    assert list(service.parts.blobs.list("")) == []


def test_an_empty_file_is_refused_when_it_was_put(service: Bench) -> None:
    upload = begin(service)
    assert put(upload.url, b"") == 200

    with pytest.raises(refusals.FileEmpty):
        service.actions.attach.confirm(citizen(), upload.document.dossier_id, upload.document.id)


def test_a_link_that_has_run_out_takes_nothing(
    servers: Servers, mongo: tuple[Client, Db], bucket: Blobs, tmp_path: object
) -> None:
    service = bench(servers, mongo, bucket._bucket, tmp_path, upload_link_valid=timedelta(seconds=1))  # type: ignore[arg-type]
    with service.parts.client:
        upload = begin(service)
        until(lambda: put(upload.url, pdf()) in (400, 403), seconds=10)
        service.parts.blobs.remove(upload.document.upload_key)

        with pytest.raises(refusals.UploadMissing):
            service.actions.attach.confirm(citizen(), upload.document.dossier_id, upload.document.id)


def test_a_link_is_good_for_its_own_key_only(service: Bench) -> None:
    mine, theirs = begin(service), begin(service)
    forged = mine.url.replace(mine.document.upload_key, theirs.document.upload_key)
    kept = mine.url.replace("/quarantine/", "/documents/")
    unsigned = mine.url.split("?")[0]

    assert {put(url, EXE) for url in (forged, kept, unsigned)} <= {400, 403}
    assert list(service.parts.blobs.list("")) == []


def test_what_is_put_after_the_check_is_never_given_out(service: Bench) -> None:
    upload = begin(service)
    put(upload.url, pdf())
    document = service.actions.attach.confirm(citizen(), upload.document.dossier_id, upload.document.id)
    service.actions.check_documents()
    assert put(upload.url, EXE) == 200

    link = service.actions.download.own(citizen(), document.dossier_id, document.id)
    assert requests.get(link, timeout=10).content == pdf()
    found = service.actions.tidy_storage.reconcile()
    assert (found.lost, found.stray) == ((), ())


def test_a_file_refused_after_sending_is_told_and_stays_dark_at_the_desk(service: Bench) -> None:
    draft = service.draft()
    infected = service.attach(draft.id, INFECTED, "nhiễm.docx")
    sent = service.actions.submit(citizen(), draft.id, key="press-0001")
    with pytest.raises(refusals.StillChecking):
        service.actions.download.at_desk(officer("receiver"), sent.id, infected)
    service.actions.check_documents()

    with pytest.raises(refusals.DocumentRefused):
        service.actions.download.at_desk(officer("receiver"), sent.id, infected)
    desk = service.actions.read.desk(officer("receiver"), sent.id)
    assert desk.shelves[0].is_missing
    assert desk.shelves[0].documents[0].reason is Reason.VIRUS

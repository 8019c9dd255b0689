"""Files of a dossier, on fakes."""

from datetime import timedelta

import pytest

from services.chassis.errors import NotFound
from services.submissions.domain import refusals
from services.submissions.domain.document import MEGABYTE, Reason, State
from tests.support.submission_world import ME, PAPER, RECEIVER, World
from tests.support.submissions import (
    citizen,
    docx,
    image,
    officer,
    pdf,
)


def test_an_upload_goes_to_an_unguessable_key_and_is_counted_when_it_is_there(world: World) -> None:
    draft = world.draft()
    begun = world.attach.begin(ME, draft.id, PAPER, "../../giấy.pdf", 10)

    assert begun.document.upload_key == f"quarantine/{draft.id}/{begun.document.id}"
    assert len(begun.document.id) == 32
    assert begun.document.name == "giấy.pdf"
    with pytest.raises(refusals.UploadMissing):
        world.attach.confirm(ME, draft.id, begun.document.id)
    world.blobs.objects[begun.document.upload_key] = b"x" * 7
    confirmed = world.attach.confirm(ME, draft.id, begun.document.id)
    assert (confirmed.state, confirmed.size) == (State.UPLOADED, 7)
    assert world.attach.confirm(ME, draft.id, begun.document.id) == confirmed


@pytest.mark.parametrize(
    ("body", "refusal"), [(b"", refusals.FileEmpty), (b"x" * 11 * MEGABYTE, refusals.FileTooLarge)]
)
def test_what_arrives_is_measured_again(world: World, body: bytes, refusal: type[Exception]) -> None:
    draft = world.draft()
    begun = world.attach.begin(ME, draft.id, PAPER, "giấy.pdf", 10)
    world.blobs.objects[begun.document.upload_key] = body

    with pytest.raises(refusal):
        world.attach.confirm(ME, draft.id, begun.document.id)
    assert world.blobs.objects == {}
    assert world.documents.of(draft.id) == []


@pytest.mark.parametrize(
    ("name", "size", "component", "refusal"),
    [
        ("ảnh.jpg", 20 * MEGABYTE, PAPER, refusals.FileTooLarge),
        ("trống.pdf", 0, PAPER, refusals.FileEmpty),
        ("virus.exe", 10, PAPER, refusals.FileKindRefused),
        ("../", 10, PAPER, refusals.FileNameRefused),
        ("giấy.pdf", 10, "cam-doan", refusals.UnknownComponent),
        ("giấy.pdf", 10, "không có", refusals.UnknownComponent),
        ("giấy.pdf", 10, "result", refusals.UnknownComponent),
    ],
)
def test_a_file_out_of_bounds_is_refused_before_it_is_sent(
    world: World, name: str, size: int, component: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        world.attach.begin(ME, world.draft().id, component, name, size)


def test_an_applicant_cant_confirm_a_file_of_the_office(world: World) -> None:
    sent = world.sent()
    world.receive(RECEIVER, sent.id)
    begun = world.attach.begin_result(officer("leader"), sent.id, "kết quả.pdf", 10)
    world.ask(RECEIVER, sent.id, [], "Xin bổ sung")

    with pytest.raises(NotFound):
        world.attach.confirm(ME, sent.id, begun.document.id)


def test_somebody_else_can_neither_add_nor_confirm_nor_read(world: World) -> None:
    draft, stranger = world.draft(), citizen("citizen-2")
    document = world.put(draft)

    for attempt in (
        lambda: world.attach.begin(stranger, draft.id, PAPER, "a.pdf", 10),
        lambda: world.attach.confirm(stranger, draft.id, document.id),
        lambda: world.remove(stranger, draft.id, document.id),
        lambda: world.download.own(stranger, draft.id, document.id),
        lambda: world.read.own(stranger, draft.id),
        lambda: world.submit(stranger, draft.id, key="press-0001"),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_a_file_is_read_once_and_dark_until_it_is_clean(world: World) -> None:
    draft = world.draft()
    document = world.put(draft)
    with pytest.raises(refusals.StillChecking):
        world.download.own(ME, draft.id, document.id)

    assert world.check() == 1
    assert world.state(document) == (State.CLEAN, None)
    assert world.blobs.reads == {document.kept_key: 1}
    assert list(world.blobs.objects) == [document.kept_key]
    assert document.kept_key in world.download.own(ME, draft.id, document.id)
    assert world.check() == 0


@pytest.mark.parametrize(
    ("body", "name", "reason"),
    [
        (b"MZ\x90\x00" + bytes(600), "chương trình.pdf", Reason.WRONG_KIND),
        (docx(word__media=bytes(60_000_000)), "bom.docx", Reason.BOMB),
        (image() + b"virus", "ảnh.jpg", Reason.VIRUS),
        (pdf()[:200], "nửa.pdf", Reason.BROKEN),
    ],
    ids=["exe", "zip bomb", "virus", "half"],
)
def test_a_bad_file_is_refused_with_its_reason_and_its_bytes_go(
    world: World, body: bytes, name: str, reason: Reason
) -> None:
    draft = world.draft()
    document = world.put(draft, body, name)
    world.check()

    assert world.state(document) == (State.REFUSED, reason)
    assert world.blobs.objects == {}
    with pytest.raises(refusals.DocumentRefused):
        world.download.own(ME, draft.id, document.id)


def test_a_scanner_that_is_down_puts_the_check_off(world: World) -> None:
    document = world.put(world.draft())
    world.scanner.is_down = True
    assert world.check() == 0
    assert world.state(document) == (State.UPLOADED, None)
    assert world.check() == 0

    world.scanner.is_down = False
    world.clock.advance(timedelta(minutes=1))
    assert world.check() == 1
    assert world.state(document) == (State.CLEAN, None)


def test_what_is_put_under_the_upload_link_afterwards_is_never_seen(world: World) -> None:
    draft = world.draft()
    document = world.put(draft)
    world.check()
    world.blobs.objects[document.upload_key] = b"swapped"

    assert world.blobs.objects[document.kept_key] == pdf()
    assert document.kept_key in world.download.own(ME, draft.id, document.id)


def test_a_worker_that_died_after_copying_is_taken_over(world: World) -> None:
    document = world.put(world.draft())
    world.documents.claim_unchecked(world.clock.now(), world.clock.now() + timedelta(minutes=2))
    world.blobs.objects[document.kept_key] = world.blobs.objects.pop(document.upload_key)
    assert world.check() == 0

    world.clock.advance(timedelta(minutes=3))
    assert world.check() == 1
    assert world.state(document) == (State.CLEAN, None)


def test_uploads_that_never_came_are_forgotten_after_a_day(world: World) -> None:
    draft = world.draft()
    begun = world.attach.begin(ME, draft.id, PAPER, "giấy.pdf", 10)
    kept = world.put(draft, component="khac")
    world.blobs.objects[begun.document.upload_key] = b"never confirmed"
    world.clock.advance(timedelta(hours=25))

    assert world.tidy.forget_abandoned() == 1
    assert [d.id for d in world.documents.of(draft.id)] == [kept.id]
    assert begun.document.upload_key not in world.blobs.objects


def test_the_two_stores_are_compared(world: World) -> None:
    draft = world.draft()
    good, bad = world.put(draft), world.put(draft, component="khac")
    world.check()
    del world.blobs.objects[bad.kept_key]
    world.blobs.objects["documents/x/stray"] = b"?"

    found = world.tidy.reconcile(remove_stray=True)
    assert (found.lost, found.stray) == ((bad.id,), ("documents/x/stray",))
    assert list(world.blobs.objects) == [good.kept_key]

"""What `Blobs` promises holds on every S3 server that can be started."""

from datetime import timedelta
from io import BytesIO
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests

from services.chassis.blobs import BlobMissing, Blobs
from services.chassis.errors import Unavailable
from services.prepare.blobs import BUCKET
from tests.support.object_stores import Store
from tests.support.waiting import until

MINUTE = timedelta(minutes=1)
MEGABYTE = 1024 * 1024


def follow(store: Store, link: str, method: str = "GET", **more) -> requests.Response:
    """Through a gateway that leaves the public host in the request."""
    address = urlsplit(link)
    assert address.hostname == "cong.tinh.test"
    headers = {"Host": address.netloc, **more.pop("headers", {})}
    inside = urlunsplit(address._replace(netloc=store.address))
    return requests.request(method, inside, headers=headers, timeout=20, **more)


def test_what_is_put_is_given_back_with_its_size(blobs: Blobs) -> None:
    blobs.put("documents/a", b"content")
    assert b"".join(blobs.open("documents/a")) == b"content"
    assert blobs.stat("documents/a").size == 7
    blobs.put("documents/a", b"other")
    assert b"".join(blobs.open("documents/a")) == b"other"


@pytest.mark.parametrize("size", [0, 1, 5 * MEGABYTE, 17 * MEGABYTE + 1])
def test_a_stream_of_any_size_arrives_whole(blobs: Blobs, size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    blobs.put_stream("documents/stream", BytesIO(content[:size]), size)
    assert blobs.stat("documents/stream").size == size
    assert b"".join(blobs.open("documents/stream")) == content[:size]


def test_what_is_missing_is_told_by_its_name(blobs: Blobs) -> None:
    for ask in (lambda: b"".join(blobs.open("documents/none")), lambda: blobs.stat("documents/none")):
        with pytest.raises(BlobMissing, match="documents/none"):
            ask()
    with pytest.raises(BlobMissing):
        blobs.copy("documents/none", "documents/copy")
    blobs.remove("documents/none")


def test_a_copy_outlives_its_source(blobs: Blobs) -> None:
    blobs.put("quarantine/a", b"content")
    blobs.copy("quarantine/a", "documents/a")
    blobs.remove("quarantine/a")
    assert b"".join(blobs.open("documents/a")) == b"content"
    with pytest.raises(BlobMissing):
        blobs.stat("quarantine/a")


def test_a_list_goes_beyond_one_page_and_keeps_to_its_prefix(blobs: Blobs) -> None:
    for number in range(1005):
        blobs.put(f"quarantine/many/{number:04}", b"x")
    blobs.put("quarantine/many-others/1", b"yy")
    found = list(blobs.list("quarantine/many/"))
    assert [info.key for info in found] == [f"quarantine/many/{number:04}" for number in range(1005)]
    assert {info.size for info in found} == {1}
    assert list(blobs.list("nothing/")) == []


def test_links_put_and_get_under_the_public_host(store: Store, blobs: Blobs) -> None:
    content = b"%PDF-1.7 " + b"x" * 6 * MEGABYTE
    assert follow(store, blobs.presign_put("quarantine/a", MINUTE), "PUT", data=content).ok
    assert blobs.stat("quarantine/a").size == len(content)
    blobs.copy("quarantine/a", "documents/a")
    link = blobs.presign_get("documents/a", MINUTE, 'Giấy "chứng" sinh, bản 1; số 2.pdf', "application/pdf")
    answer = follow(store, link)
    assert answer.content == content
    assert answer.headers["Content-Type"] == "application/pdf"
    name = "Gi%E1%BA%A5y%20%22ch%E1%BB%A9ng%22%20sinh%2C%20b%E1%BA%A3n%201%3B%20s%E1%BB%91%202.pdf"
    assert answer.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{name}"
    part = follow(store, link, headers={"Range": "bytes=1-3"})
    # rclone gives the part and calls it 200.
    assert part.status_code in (200, 206)
    assert part.content == b"PDF"


def test_a_link_serves_nothing_but_what_it_was_made_for(store: Store, blobs: Blobs) -> None:
    blobs.put("documents/a", b"a")
    blobs.put("documents/b", b"b")
    link = blobs.presign_get("documents/a", MINUTE, "a.pdf", "application/pdf")
    changed = [
        link.replace("documents/a", "documents/b"),
        link.replace("application%2Fpdf", "text%2Fhtml"),
        link.replace("X-Amz-Expires=60", "X-Amz-Expires=600"),
    ]
    assert link not in changed
    assert [follow(store, other).status_code for other in changed] == [403, 403, 403]
    assert follow(store, link, "PUT", data=b"x").status_code == 403
    upload = blobs.presign_put("quarantine/a", MINUTE)
    assert follow(store, upload.replace("quarantine/a", "quarantine/b"), "PUT", data=b"x").status_code == 403
    assert follow(store, upload, "DELETE").status_code == 403
    assert list(blobs.list("quarantine/")) == []


def test_a_link_ends_when_it_says_so(store: Store, blobs: Blobs) -> None:
    blobs.put("documents/a", b"a")
    link = blobs.presign_get("documents/a", timedelta(seconds=1), "a.pdf", "application/pdf")
    until(lambda: follow(store, link).status_code in (400, 403), what="the link to expire")


def test_a_link_to_what_is_missing_says_so(store: Store, blobs: Blobs) -> None:
    link = blobs.presign_get("documents/none", MINUTE, "a.pdf", "application/pdf")
    assert follow(store, link).status_code == 404


def test_a_wrong_secret_and_no_key_get_nothing(store: Store, blobs: Blobs) -> None:
    blobs.put("documents/a", b"a")
    wrong = Blobs(f"http://motcua-documents:not-the-secret@{store.address}", BUCKET, "http://x")
    for ask in (
        lambda: wrong.put("documents/x", b"x"),
        lambda: list(wrong.list("")),
        lambda: wrong.stat("documents/a"),
    ):
        with pytest.raises((Unavailable, BlobMissing)):
            ask()
    for path in ("", BUCKET, f"{BUCKET}/documents/a"):
        assert requests.get(f"http://{store.address}/{path}", timeout=5).status_code in (400, 401, 403)
    assert b"".join(blobs.open("documents/a")) == b"a"


def test_a_store_that_is_away_and_a_bucket_that_is_missing_are_unavailable(store: Store) -> None:
    with pytest.raises(Unavailable):
        Blobs("http://key-of-tests:secret@127.0.0.1:1", BUCKET, "http://x").check()
    with pytest.raises(Unavailable):
        store.blobs("documents", bucket="no-such-bucket").check()

"""Each purpose's key does its work on the real SeaweedFS and is refused at every border."""

import struct
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from urllib.parse import urlsplit

import pytest
import requests
from minio import Minio
from minio.commonconfig import CopySource
from minio.error import S3Error

from services.chassis.blobs import REGION
from services.prepare.blobs import BUCKET, prepare
from services.prepare.waiting import Refused
from tests.support.object_stores import Store

KEY = "documents/rights"
WORK: dict[str, Callable[[Minio, str], object]] = {
    "get": lambda s3, bucket: s3.get_object(bucket, KEY).read(),
    "get quarantined": lambda s3, bucket: s3.get_object(bucket, "quarantine/rights").read(),
    "put": lambda s3, bucket: s3.put_object(bucket, KEY, BytesIO(b"x"), 1),
    "put quarantined": lambda s3, bucket: s3.put_object(bucket, "quarantine/rights", BytesIO(b"x"), 1),
    "copy": lambda s3, bucket: s3.copy_object(bucket, "documents/copy", CopySource(bucket, KEY)),
    "list": lambda s3, bucket: list(s3.list_objects(bucket, recursive=True)),
    "delete": lambda s3, bucket: s3.remove_object(bucket, "documents/none"),
    "delete quarantined": lambda s3, bucket: s3.remove_object(bucket, "quarantine/none"),
    "read policy": lambda s3, bucket: s3.get_bucket_policy(bucket),
    "write policy": lambda s3, bucket: s3.set_bucket_policy(bucket, '{"Version":"2012-10-17","Statement":[]}'),
    "read life cycle": lambda s3, bucket: s3.get_bucket_lifecycle(bucket),
    "delete bucket": lambda s3, bucket: s3.remove_bucket(bucket),
    "make bucket": lambda s3, bucket: s3.make_bucket(f"{bucket}-more"),
}
EVERYTHING_IN_IT = {"get", "get quarantined", "put", "put quarantined", "copy", "list", "delete", "delete quarantined"}
ALLOWED = {
    "documents": EVERYTHING_IN_IT,
    "links": {"get", "put quarantined"},
    "backup": {"get", "get quarantined", "list"},
    "restore": EVERYTHING_IN_IT - {"delete", "delete quarantined"},
    "admin": {"list"},
}


def client(store: Store, purpose: str) -> Minio:
    key = urlsplit(store.keys[purpose])
    return Minio(store.address, key.username, key.password, secure=False, region=REGION)


def done(s3: Minio, bucket: str) -> set[str]:
    return {name for name, work in WORK.items() if _works(lambda work=work: work(s3, bucket))}


def _works(work: Callable[[], object]) -> bool:
    try:
        work()
    except S3Error as refusal:
        if refusal.code != "AccessDenied":
            raise
        return False
    return True


@pytest.mark.parametrize("purpose", ALLOWED)
def test_a_key_does_what_its_purpose_needs_and_nothing_else(weed: Store, purpose: str) -> None:
    documents = weed.blobs("documents")
    documents.put(KEY, b"a")
    documents.put("quarantine/rights", b"a")
    assert done(client(weed, purpose), BUCKET) == ALLOWED[purpose]


@pytest.mark.parametrize("purpose", ALLOWED)
def test_a_key_has_no_place_in_another_bucket(weed: Store, purpose: str) -> None:
    assert done(client(weed, purpose), "another-bucket") == set()


def test_a_link_to_delete_signed_with_the_key_of_links_is_refused(weed: Store) -> None:
    weed.blobs("documents").put(KEY, b"a")
    link = client(weed, "links").get_presigned_url("DELETE", BUCKET, KEY, timedelta(minutes=1))
    assert requests.delete(link, timeout=5).status_code == 403
    assert weed.blobs("documents").stat(KEY).size == 1


def test_nobody_without_the_pair_makes_himself_an_identity(weed: Store) -> None:
    def field(number: int, value: bytes) -> bytes:
        return bytes([number << 3 | 2, len(value)]) + value

    credential = field(1, b"intruder-key") + field(2, b"intruder-secret")
    message = field(1, field(1, b"intruder") + field(2, credential) + field(3, b"Admin"))
    url = f"https://{weed.grpc_address}/messaging_pb.SeaweedS3IamCache/PutIdentity"
    framed = b"\0" + struct.pack(">I", len(message)) + message
    for address in (url, url.replace("https", "http", 1)):
        with pytest.raises(requests.ConnectionError):
            requests.post(address, framed, headers={"Content-Type": "application/grpc"}, timeout=5, verify=False)  # noqa: S501
    with pytest.raises(S3Error, match="InvalidAccessKeyId"):
        Minio(weed.address, "intruder-key", "intruder-secret", secure=False, region=REGION).list_buckets()


def test_preparing_again_changes_nothing(weed: Store) -> None:
    weed.blobs("documents").put(KEY, b"a")
    prepare(weed.keys["admin"], "seaweedfs", weed.keys_of_services(), 5)
    assert weed.blobs("documents").stat(KEY).size == 1


def test_a_purpose_with_the_administrators_key_is_refused(weed: Store) -> None:
    with pytest.raises(Refused, match="backup has the administrator's key"):
        prepare(weed.keys["admin"], "seaweedfs", {"backup": weed.keys["admin"]}, 5)
    with pytest.raises(Refused, match="PREPARE_BLOBS_KIND"):
        prepare(weed.keys["admin"], "s3", {}, 5)

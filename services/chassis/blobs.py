"""Object storage over the plain S3 subset that every server we know of keeps (runtime.md).

Type, size, hash and name of an object live in MongoDB, never in S3 metadata. This module is the one place that
knows of the servers' differing answers.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlencode, urlsplit

import urllib3
from minio import Minio
from minio.commonconfig import CopySource
from minio.error import InvalidResponseError, MinioException, S3Error
from prometheus_client import Counter

from services.chassis.errors import Unavailable

REGION = "us-east-1"
FAULTS = Counter("motcua_blob_faults", "Calls that object storage refused or did not answer.")


class BlobMissing(Exception):
    """There is no object under that key."""


@dataclass(frozen=True)
class BlobInfo:
    key: str
    size: int


class BlobStore(Protocol):
    """What services need of object storage. Every method raises `Unavailable` when the store does not answer."""

    def put(self, key: str, content: bytes) -> None: ...

    def open(self, key: str) -> "Iterator[bytes]":
        """The object's bytes in chunks. Raises: BlobMissing."""

    def stat(self, key: str) -> BlobInfo:
        """Raises: BlobMissing."""

    def copy(self, source: str, target: str) -> None:
        """Raises: BlobMissing."""

    def remove(self, key: str) -> None:
        """Removing what is not there is no fault."""

    def list(self, prefix: str) -> Iterator[BlobInfo]: ...

    def presign_put(self, key: str, valid: timedelta) -> str: ...

    def presign_get(self, key: str, valid: timedelta, filename: str, content_type: str) -> str:
        """A link that downloads the object as `filename` (any language) with that type."""


class Blobs:
    """A bucket of an S3 server through the minio SDK."""

    def __init__(self, url: str, bucket: str, public_url: str, links_url: str = "") -> None:
        """`url`: http(s)://key:secret@host:port; links are signed for the host of `public_url` (the gateway).

        They are signed with the key of `links_url`, if that is given.
        """
        self._bucket = bucket
        self._inner = _client(url, url)
        self._public = _client(links_url or url, public_url)

    def ensure_bucket(self) -> None:
        with _translated():
            if not self._inner.bucket_exists(self._bucket):
                self._inner.make_bucket(self._bucket)

    def check(self) -> None:
        """Raises: Unavailable, when the bucket can't be reached."""
        with _translated():
            if not self._inner.bucket_exists(self._bucket):
                raise Unavailable("the bucket is not there")

    def put(self, key: str, content: bytes) -> None:
        with _translated():
            self._inner.put_object(self._bucket, key, BytesIO(content), len(content))

    def put_stream(self, key: str, content: BinaryIO, size: int) -> None:
        with _translated():
            self._inner.put_object(self._bucket, key, content, size)

    def open(self, key: str) -> Iterator[bytes]:
        with _translated(key):
            response = self._inner.get_object(self._bucket, key)
            try:
                yield from response.stream(256 * 1024)
            finally:
                response.close()
                response.release_conn()

    def stat(self, key: str) -> BlobInfo:
        with _translated(key):
            found = self._inner.stat_object(self._bucket, key)
            return BlobInfo(key, found.size or 0)

    def copy(self, source: str, target: str) -> None:
        with _translated(source):
            self._inner.copy_object(self._bucket, target, CopySource(self._bucket, source))

    def remove(self, key: str) -> None:
        with _translated():
            self._inner.remove_object(self._bucket, key)

    def list(self, prefix: str) -> Iterator[BlobInfo]:
        with _translated():
            for found in self._inner.list_objects(self._bucket, prefix=prefix, recursive=True):
                yield BlobInfo(found.object_name or "", found.size or 0)

    def presign_put(self, key: str, valid: timedelta) -> str:
        return self._public.presigned_put_object(self._bucket, key, expires=valid)

    def presign_get(self, key: str, valid: timedelta, filename: str, content_type: str) -> str:
        disposition = "attachment; " + urlencode({"filename*": f"UTF-8''{filename}"}, safe="*'").replace("+", "%20")
        headers: dict[str, str | list[str] | tuple[str]] = {
            "response-content-disposition": disposition,
            "response-content-type": content_type,
        }
        return self._public.presigned_get_object(self._bucket, key, expires=valid, response_headers=headers)


def _client(credentials_url: str, endpoint_url: str) -> Minio:
    credentials, endpoint = urlsplit(credentials_url), urlsplit(endpoint_url)
    return Minio(
        f"{endpoint.hostname}:{endpoint.port}" if endpoint.port else str(endpoint.hostname),
        access_key=unquote(credentials.username or ""),
        secret_key=unquote(credentials.password or ""),
        secure=endpoint.scheme == "https",
        region=REGION,
        http_client=urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=3, read=20), retries=urllib3.Retry(total=1, backoff_factor=0.2), maxsize=10
        ),
    )


@contextmanager
def _translated(key: str = "") -> Iterator[None]:
    try:
        yield
    except S3Error as fault:
        if fault.code in ("NoSuchKey", "NoSuchObject", "NoSuchVersion"):
            raise BlobMissing(key) from fault
        FAULTS.inc()
        raise Unavailable(f"object storage refused: {fault.code}") from fault
    except InvalidResponseError as fault:
        # rclone answers its errors as text/xml, which the SDK does not parse.
        if "NoSuchKey" in str(fault) or " 404" in str(fault) or "code: 404" in str(fault):
            raise BlobMissing(key) from fault
        FAULTS.inc()
        raise Unavailable("object storage gave an unreadable answer") from fault
    except (MinioException, urllib3.exceptions.HTTPError) as fault:
        FAULTS.inc()
        raise Unavailable(f"object storage did not answer: {type(fault).__name__}") from fault

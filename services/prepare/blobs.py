"""Object storage: the bucket, and one key for each purpose with the least rights that it needs."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from minio import MinioAdmin
from minio.credentials.providers import StaticProvider
from minio.error import MinioAdminException
from urllib3.exceptions import HTTPError

from services.chassis.blobs import REGION, Blobs
from services.chassis.errors import Unavailable
from services.prepare.waiting import NotYet, Refused, wait

BUCKET = "motcua-documents"
KINDS = ("seaweedfs", "minio", "plain")
#: Purpose → what its key may do below which prefix of the bucket.
RIGHTS: dict[str, dict[str, tuple[str, ...]]] = {
    "admin": {"": ("s3:CreateBucket", "s3:ListBucket")},
    "documents": {"": ("s3:ListBucket",), "/*": ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")},
    "links": {"/quarantine/*": ("s3:PutObject",), "/documents/*": ("s3:GetObject",)},
    "backup": {"": ("s3:ListBucket",), "/*": ("s3:GetObject",)},
    "restore": {"": ("s3:ListBucket",), "/*": ("s3:GetObject", "s3:PutObject")},
}


def policy(purpose: str, bucket: str = BUCKET) -> dict[str, object]:
    """The rights of a purpose in the words of S3, which SeaweedFS and MinIO both read."""
    statements = [
        {"Effect": "Allow", "Action": list(actions), "Resource": [f"arn:aws:s3:::{bucket}{below}"]}
        for below, actions in RIGHTS[purpose].items()
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def seaweedfs_identities(keys: Mapping[str, tuple[str, str]], bucket: str = BUCKET) -> dict[str, object]:
    """What SeaweedFS reads with `-s3.config`: `keys` are (key, secret) by purpose."""
    return {
        "identities": [
            {"name": purpose, "credentials": [{"accessKey": key, "secretKey": secret}], "policyNames": [purpose]}
            for purpose, (key, secret) in keys.items()
        ],
        "policies": [{"name": purpose, "content": json.dumps(policy(purpose, bucket))} for purpose in keys],
    }


def seaweedfs_grpc_pem() -> str:
    """A self-signed certificate and its key: whoever has not both can't speak to SeaweedFS's inner ports."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "seaweedfs")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=36_500))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return (certificate.public_bytes(serialization.Encoding.PEM) + private).decode()


def prepare(admin_url: str, kind: str, urls: Mapping[str, str], seconds: float, bucket: str = BUCKET) -> None:
    """Make the bucket and, with MinIO, the keys of `urls` (by purpose); SeaweedFS has them from its identities file.

    A changed secret is applied. May be run again at any time.

    Raises: Unavailable, when the store does not answer in `seconds`; Refused, when the settings can't be meant so.
    """
    if kind not in KINDS:
        raise Refused(f"PREPARE_BLOBS_KIND is {kind!r}: it must be one of {', '.join(KINDS)}")
    admin = _key(admin_url)[0]
    for purpose, url in urls.items():
        if kind != "plain" and _key(url)[0] == admin:
            raise Refused(f"{purpose} has the administrator's key of object storage: give it one of its own")
    wait(lambda: _bucket(admin_url, bucket), seconds, "object storage")
    if kind == "minio":
        wait(lambda: _minio_keys(admin_url, urls, bucket), seconds, "object storage")


def _bucket(admin_url: str, bucket: str) -> None:
    try:
        Blobs(admin_url, bucket, admin_url).ensure_bucket()
    except Unavailable as fault:
        raise NotYet(str(fault)) from fault


def _minio_keys(admin_url: str, urls: Mapping[str, str], bucket: str) -> None:
    address = urlsplit(admin_url)
    admin = MinioAdmin(
        endpoint=address.netloc.rpartition("@")[2],
        credentials=StaticProvider(*_key(admin_url)),
        region=REGION,
        secure=address.scheme == "https",
    )
    try:
        for purpose, url in urls.items():
            key, secret = _key(url)
            admin.policy_add(f"motcua-{purpose}", policy=policy(purpose, bucket))
            admin.user_add(key, secret)
            admin.policy_set(f"motcua-{purpose}", user=key)
    except (MinioAdminException, HTTPError) as fault:
        raise NotYet(f"MinIO's administration says {type(fault).__name__}") from fault


def _key(url: str) -> tuple[str, str]:
    address = urlsplit(url)
    if not address.username or not address.password:
        raise Refused("An address of object storage must hold a key and its secret: http(s)://key:secret@host:port")
    return unquote(address.username), unquote(address.password)

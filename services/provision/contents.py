"""The secrets of a new installation: file name -> content. All are random; none is ever shown or written elsewhere."""

import base64
import json
import secrets
from dataclasses import dataclass
from urllib.parse import quote

from cryptography.fernet import Fernet

from services.prepare.blobs import seaweedfs_grpc_pem, seaweedfs_identities
from services.prepare.mongo import REPLICA_SET
from services.provision.alerts import alertmanager
from services.roster import ENCRYPTING, SERVICES

#: What a key of the object storage is for; the same names as in deploy/storage/README.md.
BLOB_PURPOSES = ("admin", "documents", "links", "backup", "restore")


@dataclass(frozen=True)
class Outside:
    """What only the operator knows. `smtp_url` may hold a password."""

    smtp_url: str
    sender: str
    backup_recipient: str


def make(outside: Outside) -> dict[str, str]:
    """Hosts are the names that deploy/compose.yaml gives its parts."""
    operator = _password()
    return {
        "web_key": _password(),
        "events_key": Fernet.generate_key().decode(),
        "erlang_cookie": _password(),
        "mongo_keyfile": random_96_bytes(),
        **{f"{service}_master_keys": random_96_bytes() for service in ENCRYPTING},
        "mongo_admin_url": _mongo("operator", "admin"),
        "backup_mongo_url": _mongo("backup", "admin"),
        **{f"{service}_mongo_url": _mongo(service, f"motcua_{service}") for service in SERVICES},
        "rabbitmq.conf": _rabbitmq_conf(operator),
        "operator_amqp_url": f"amqp://operator:{operator}@broker:5672//",
        "amqp_management_url": f"http://operator:{operator}@broker:15672",
        **{f"{service}_amqp_url": f"amqp://{service}:{_password()}@broker:5672//" for service in SERVICES},
        **_storage(),
        "smtp_url": outside.smtp_url,
        "backup_recipients": f"{outside.backup_recipient}\n",
        "grafana_admin_password": _password(),
        "alertmanager.yml": alertmanager(outside.smtp_url, outside.sender),
    }


def random_96_bytes() -> str:
    """In base64 on a line of its own: what MongoDB takes as a key file, and field encryption as a master key."""
    return base64.b64encode(secrets.token_bytes(96)).decode() + "\n"


def _password() -> str:
    return secrets.token_hex(24)


def _mongo(user: str, database: str) -> str:
    return f"mongodb://{user}:{_password()}@records:27017/{database}?replicaSet={REPLICA_SET}"


def _rabbitmq_conf(operator_password: str) -> str:
    return f"""\
default_user = operator
default_pass = {operator_password}
loopback_users = none
vm_memory_high_watermark.absolute = 512MB
disk_free_limit.absolute = 1GB
cluster_partition_handling = pause_minority
log.console = true
log.console.formatter = json
log.file = false
"""


def _storage() -> dict[str, str]:
    keys = {purpose: (f"motcua-{purpose}", _password()) for purpose in BLOB_PURPOSES}
    urls = {
        f"{purpose}_blobs_url": f"http://{quote(name)}:{secret}@blobs:9000" for purpose, (name, secret) in keys.items()
    }
    admin_name, admin_secret = keys["admin"]
    return {
        "blobs_admin_url": urls.pop("admin_blobs_url"),
        **urls,
        "blobs_root_user": admin_name,
        "blobs_root_password": admin_secret,
        "seaweedfs_grpc.pem": seaweedfs_grpc_pem(),
        "seaweedfs_s3.json": json.dumps(seaweedfs_identities(keys), indent=2),
    }

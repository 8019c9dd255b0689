"""The settings of backup and restore, read as BACKUP_<NAME>."""

from dataclasses import dataclass
from pathlib import Path

from services.chassis.settings import setting


@dataclass(frozen=True, kw_only=True)
class Settings:
    folder: Path = setting("Folder of the sets and of the documents they share.")
    recipients_path: Path = setting("File of the age public keys that may open a set, one a line.")
    secrets_folder: Path = setting("Folder of the key files that records depend on.", default=Path("/run/secrets"))
    mongo_url: str = setting("MongoDB as a user who may read every database of ours.", secret=True)
    blobs_url: str = setting("S3 server with a key that reads and lists, http(s)://key:secret@host:port.", secret=True)
    bucket: str = setting("Bucket of the documents.", default="motcua-documents")
    amqp_management_url: str = setting("RabbitMQ's management API, http://user:password@host:port.", secret=True)
    vhost: str = setting("Virtual host of RabbitMQ.", default="/")
    database_prefix: str = setting(
        "What stands before a service's name in the name of its database.", default="motcua_"
    )
    restore_mongo_url: str = setting(
        "MongoDB as a user who may write everything; only for a restore.", default="", secret=True
    )
    restore_blobs_url: str = setting("S3 server with a key that writes; only for a restore.", default="", secret=True)
    schemas_dir: Path = setting(
        "Folder of the event schemas; topology.yaml is beside it.",
        default=Path(__file__).parents[2] / "deploy" / "schemas",
    )
    at: str = setting("Time of day of the scheduled backup, HH:MM of the province.", default="01:30")
    host: str = setting("Address on which `backup schedule` tells health and metrics.", default="127.0.0.1")
    port: int = setting("Port of the same, 0 for none.", default=8002)
    keep_daily: int = setting("So many days keep their last set.", default=14)
    keep_weekly: int = setting("So many weeks keep their last set.", default=8)
    keep_monthly: int = setting("So many months keep their last set.", default=12)
    keep_free: int = setting("Bytes of the disk that a backup leaves free.", default=1024**3)

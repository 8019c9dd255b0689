"""The settings of submissions (`SUBMISSIONS_*`) beside those all services share."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from services.chassis.crypto import read_master_keys
from services.chassis.settings import Shared, setting

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Settings(Shared):
    mongo_url: str = setting("MongoDB with the database's name, mongodb://.../motcua_submissions.", secret=True)
    amqp_url: str = setting("RabbitMQ as this service's own user, amqp://user:password@host:port/vhost.", secret=True)
    master_keys_path: Path = setting(
        "File of the master keys of field encryption.", secret=True, check=read_master_keys
    )
    blobs_url: str = setting("S3 server, http(s)://key:secret@host:port.", secret=True)
    blobs_links_url: str = setting(
        "S3 server with the key that signs people's links; SUBMISSIONS_BLOBS_URL if empty.", default="", secret=True
    )
    bucket: str = setting("Bucket of the documents.", default="motcua-documents")
    scanner_url: str = setting("clamd, tcp://host:port.")
    scanner_patience: timedelta = setting("Longest wait for the scanner, in seconds.", default=timedelta(seconds=60))
    worker_port: int = setting("Health and metrics port of the worker, 0 for none.", default=0)
    upload_limit: int = setting("Largest file, in bytes.", default=15 * MEGABYTE)
    dossier_quota: int = setting("All files of one dossier together, in bytes.", default=100 * MEGABYTE)
    upload_link_valid: timedelta = setting("Life of an upload link, in seconds.", default=timedelta(minutes=10))
    download_link_valid: timedelta = setting("Life of a download link, in seconds.", default=timedelta(minutes=2))
    code_scheme: str = setting("Scheme of official codes: legacy (TT 01/2018) or qd20 (QĐ 20/2020).", default="legacy")
    abandoned_after: timedelta = setting(
        "After so many seconds an upload that never arrived is forgotten.", default=timedelta(hours=24)
    )

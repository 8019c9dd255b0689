"""What the notifier needs to be told."""

from dataclasses import dataclass
from pathlib import Path

from services.chassis.crypto import read_master_keys
from services.chassis.settings import Shared, setting


@dataclass(frozen=True, kw_only=True)
class Settings(Shared):
    mongo_url: str = setting("MongoDB with the database name, mongodb://…/motcua_notifier.", secret=True)
    amqp_url: str = setting("RabbitMQ as this service's own user, amqp://user:password@host:port/vhost.", secret=True)
    master_keys_path: Path = setting(
        "File of the master keys that encrypt addresses and the content of notices.",
        secret=True,
        check=read_master_keys,
    )
    smtp_url: str = setting(
        "Mail server: smtp://[user:password@]host:port; smtps:// with TLS from the start, smtp+starttls://.",
        secret=True,
    )
    sender: str = setting("Address that mails come from.")
    amqp_management_url: str = setting(
        "RabbitMQ's management API, http://user:password@host:port, for `motcua agencies` alone.",
        default="",
        secret=True,
    )
    worker_port: int = setting("Port of the worker's health and metrics; 0 for none.", default=0)

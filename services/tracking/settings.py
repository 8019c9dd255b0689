"""What tracking needs to be told."""

from dataclasses import dataclass
from pathlib import Path

from services.chassis.crypto import read_master_keys
from services.chassis.settings import Shared, setting


@dataclass(frozen=True, kw_only=True)
class Settings(Shared):
    mongo_url: str = setting("MongoDB with the database name, mongodb://…/motcua_tracking.", secret=True)
    amqp_url: str = setting("RabbitMQ as this service's own user, amqp://user:password@host:port/vhost.", secret=True)
    master_keys_path: Path = setting(
        "File of the master keys that encrypt identity numbers.", secret=True, check=read_master_keys
    )
    lookups_per_proof: int = setting("Look-ups by code that one solved captcha opens, within 30 minutes.", default=60)
    worker_port: int = setting("Port of the worker's health and metrics; 0 for none.", default=0)

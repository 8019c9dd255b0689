"""The settings of accounts, read as ACCOUNTS_<NAME>."""

from dataclasses import dataclass
from pathlib import Path

from services.chassis.crypto import read_master_keys
from services.chassis.settings import Shared, setting


@dataclass(frozen=True, kw_only=True)
class Settings(Shared):
    mongo_url: str = setting("MongoDB with the database name, mongodb://…/motcua_accounts.", secret=True)
    amqp_url: str = setting("RabbitMQ as this service's own user, amqp://user:password@host:port/vhost.", secret=True)
    master_keys_path: Path = setting(
        "File of the master keys that protect personal data; one key a line.", secret=True, check=read_master_keys
    )
    worker_port: int = setting("Port of the worker's health and metrics; 0 = none.", default=0)
    demo_folder: Path = setting(
        "Folder of the demo province, for `motcua accounts demo`.",
        default=Path(__file__).parents[2] / "deploy" / "demo",
    )

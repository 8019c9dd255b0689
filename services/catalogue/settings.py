"""What an operator may set for the catalogue."""

from dataclasses import dataclass

from services.chassis.settings import Shared, setting


@dataclass(frozen=True, kw_only=True)
class Settings(Shared):
    mongo_url: str = setting("MongoDB of the catalogue, with the database name motcua_catalogue.", secret=True)
    amqp_url: str = setting("RabbitMQ as this service's own user, amqp://user:password@host:port/vhost.", secret=True)
    worker_port: int = setting("Health and metrics port of the worker; 0 for none.", default=0)

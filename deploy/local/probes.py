"""Questions that only a working server answers. Each has a time limit and raises what it meets."""

import smtplib
import socket
from http import HTTPStatus

import requests

from deploy.local.place import Place
from services.prepare import mongo as prepare
from services.roster import SERVICES

PATIENCE_SECONDS = 2.0


def tcp(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS):
        return True


def http(url: str) -> bool:
    """Anything that speaks HTTP there, whatever it answers."""
    requests.get(url, timeout=PATIENCE_SECONDS)
    return True


def ready(url: str) -> bool:
    return requests.get(url, timeout=5).status_code == HTTPStatus.OK


def smtp(port: int) -> bool:
    with smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE_SECONDS) as session:
        return session.noop()[0] == 250


def scanner(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(b"zPING\0")
        return connection.recv(16).startswith(b"PONG")


def rabbitmq(place: Place) -> bool:
    url = f"{place.amqp_management_url}/api/health/checks/virtual-hosts"
    return requests.get(url, timeout=PATIENCE_SECONDS).status_code == HTTPStatus.OK


def mongo(place: Place) -> bool:
    """A primary with the users of all services. What is missing this makes, so it may be asked again and again."""
    prepare.step(
        prepare.Wanted(
            prepare.user_of(f"{place.mongo_url}admin", "the administrator's URL"),
            [place.mongo_member],
            prepare.users_of({service: place.database_url(service) for service in SERVICES}),
            prepare.user_of(place.backup_mongo_url, "the backup's URL"),
        )
    )
    return True

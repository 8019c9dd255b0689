"""Questions that only a working server answers. Each has a time limit and raises what it meets."""

import smtplib
import socket
from http import HTTPStatus

import pymongo
import requests
from pymongo.errors import OperationFailure

from deploy.local.place import SERVICES, Place

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
    """A primary that lets root in. On a new data folder this is what makes both, so it may be asked again and again."""
    try:
        with pymongo.MongoClient[dict[str, object]](
            place.mongo_url, directConnection=True, serverSelectionTimeoutMS=1500, socketTimeoutMS=5000
        ) as client:
            return bool(client.admin.command("hello")["isWritablePrimary"]) and _let_services_in(place, client)
    except OperationFailure:
        return _initialise(place)


def _let_services_in(place: Place, client: pymongo.MongoClient[dict[str, object]]) -> bool:
    """Each service has a user that owns its database and can enter no other."""
    known = client.admin.command({"usersInfo": {"forAllDBs": True}})["users"]
    for service in {*SERVICES} - {user["user"] for user in known}:
        database = client[f"motcua_{service}"]
        database.command("createUser", service, pwd=place.secret(f"{service}_mongo_password"), roles=["dbOwner"])
    return True


def _initialise(place: Place) -> bool:
    """Through the door that mongod leaves open on loopback until its first user exists."""
    port = place.port("mongo")
    with pymongo.MongoClient[dict[str, object]](
        f"mongodb://127.0.0.1:{port}/", directConnection=True, serverSelectionTimeoutMS=1500, socketTimeoutMS=5000
    ) as client:
        hello = client.admin.command("hello")
        if not hello.get("setName"):
            members = [{"_id": 0, "host": f"127.0.0.1:{port}"}]
            client.admin.command("replSetInitiate", {"_id": "rs0", "members": members})
            return False
        if hello["isWritablePrimary"]:
            client.admin.command("createUser", "root", pwd=place.secret("mongo_password"), roles=["root"])
        return False

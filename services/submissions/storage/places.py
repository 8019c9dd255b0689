"""The address list as catalogue told it: a document for each province."""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo.client_session import ClientSession

from services.chassis.mongo import Db
from services.submissions.domain.place import Place
from services.submissions.storage.copies import replace_older

ADDRESSES = "addresses"


class MongoPlaces:
    """Satisfies `ports.Places`."""

    def __init__(self, db: Db) -> None:
        self._rows = db[ADDRESSES]

    def provinces(self) -> Sequence[Place]:
        return [Place(row["_id"], row["name"]) for row in self._rows.find({}, {"name": 1}).sort("_id")]

    def communes(self, province: str) -> Sequence[Place]:
        row = self._rows.find_one({"_id": province}, {"communes": 1})
        return [Place(one["code"], one["name"]) for one in row["communes"]] if row else []

    def learn(self, session: ClientSession | None, province: Mapping[str, Any], sequence: int) -> None:
        """What old wards became is catalogue's to know. Raises: KeyError, when a commune is broken."""
        communes = [{"code": one["code"], "name": one["name"]} for one in province["communes"]]
        replace_older(self._rows, session, province["code"], {"name": province["name"], "communes": communes}, sequence)

"""The record of who saw what; rows are only ever added."""

from collections.abc import Sequence

from services.chassis.crypto import FieldCipher
from services.chassis.mongo import Db
from services.submissions.domain.reading import Reading

READINGS = "readings"
PLAIN = ("at", "dossier_id", "account_id", "unit", "document_id")


class MongoReadings:
    """Satisfies `ports.Readings`."""

    def __init__(self, db: Db, cipher: FieldCipher) -> None:
        self._rows = db[READINGS]
        self._cipher = cipher

    def add(self, reading: Reading) -> None:
        plain = {name: getattr(reading, name) for name in PLAIN}
        self._rows.insert_one({**plain, "name": self._cipher.random(reading.name)})

    def latest(self, dossier_id: str, limit: int, *, by_offices: bool = False) -> Sequence[Reading]:
        wanted = {"dossier_id": dossier_id, **({"unit": {"$gt": ""}} if by_offices else {})}
        found = self._rows.find(wanted).sort([("at", -1), ("_id", -1)]).limit(limit)
        return [Reading(name=self._cipher.open(row["name"]), **{key: row[key] for key in PLAIN}) for row in found]

"""Everything that the catalogue tells of, as it is at one moment, with the sequence it was last told under."""

from collections.abc import Iterator

from pymongo.client_session import ClientSession

from services.catalogue.actions.ports import REGISTERS
from services.catalogue.actions.records import Happening
from services.catalogue.storage.indexes import COUNTERS, PROCEDURES
from services.catalogue.storage.journal import Tell
from services.catalogue.storage.procedures import present
from services.catalogue.storage.registers import entry_of, happening_of
from services.chassis.mongo import Client, Db


class Present:
    def __init__(self, client: Client, db: Db) -> None:
        self._client = client
        self._db = db

    def tell_all(self, tell: Tell) -> None:
        """Nothing is written and no sequence moves on. What procedures point at comes before them."""
        with self._client.start_session(snapshot=True) as session:
            counters = {row["_id"]: int(row["n"]) for row in self._db[COUNTERS].find({}, session=session)}
            for subject, happening in self._happenings(session):
                tell(session, happening, counters.get(f"said:{subject}", 1))

    def _happenings(self, session: ClientSession) -> Iterator[tuple[str, Happening]]:
        for register in REGISTERS:
            for row in self._db[register].find({}, session=session).sort("_id", 1):
                happening = happening_of(register, entry_of(row))
                if happening is not None:
                    yield row["_id"], happening
        for row in self._db[PROCEDURES].find({}, session=session).sort("_id", 1):
            yield row["_id"], present(row)

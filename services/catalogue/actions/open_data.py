"""The catalogue for everybody's programs: what is in force, in documents and in rows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.catalogue.actions.ports import Registers, Shelf
from services.catalogue.actions.records import Document, Procedure
from services.catalogue.actions.tables import Cell, as_csv

#: What only our own desks need of a definition.
INWARD = frozenset({"workflow", "form", "applicant_kinds", "supplement_days", "keywords"})
UNIT_COLUMNS = ("code", "code_qd20", "name", "name_en", "type", "parent", "address", "phone", "active", "successor")
PROCEDURE_COLUMNS = (
    "code",
    "version",
    "name",
    "name_en",
    "field_code",
    "field",
    "levels",
    "service_level",
    "audience",
    "agency",
    "coordinating",
    "competent",
    "units",
    "duration",
    "channels",
    "cases",
    "papers",
    "fees",
    "results",
    "legal_basis",
    "decision",
    "decided_on",
    "effective_from",
    "published_at",
    "url",
)


class OpenData:
    def __init__(self, shelf: Shelf, registers: Registers, public_url: str) -> None:
        self._shelf = shelf
        self._registers = registers
        self._public_url = public_url

    def procedures(self) -> Iterator[Document]:
        """Whole, one after the other; a province's list need not fit into memory."""
        for procedure in self._shelf.published():
            shown = {key: value for key, value in procedure.definition.items() if key not in INWARD}
            yield {**shown, **self._beside(procedure)}

    def units(self) -> list[Document]:
        return [entry.document for entry in self._registers.all("units")]

    def procedures_csv(self) -> bytes:
        rows = (_row(procedure, self._beside(procedure)) for procedure in self._shelf.published())
        return as_csv(PROCEDURE_COLUMNS, (_cells(row, PROCEDURE_COLUMNS) for row in rows))

    def units_csv(self) -> bytes:
        return as_csv(UNIT_COLUMNS, (_cells(unit, UNIT_COLUMNS) for unit in self.units()))

    def _beside(self, procedure: Procedure) -> dict[str, Any]:
        return {
            "version": procedure.version,
            "published_at": procedure.published_at.isoformat(),
            "url": f"{self._public_url}/thu-tuc/{procedure.code}",
        }


def _row(procedure: Procedure, beside: Mapping[str, Any]) -> dict[str, Any]:
    one = procedure.definition
    decision = one["decision"]
    row = {key: one.get(key, "") for key in PROCEDURE_COLUMNS if key in one}
    return {
        **row,
        "field_code": one["field"]["code"],
        "field": one["field"]["name"],
        "duration": f"{one['duration']['amount']} {one['duration']['unit']}",
        "channels": [method["channel"] for method in one["methods"]],
        "cases": [case["name"] for case in one["cases"]],
        "papers": [paper["name"] for paper in one["components"]],
        "fees": [f"{fee['name']}: {fee['amount']}/{fee['per']}" for fee in one["fees"]],
        "results": [result["name"] for result in one["results"]],
        "decision": decision["number"],
        "decided_on": decision["date"],
        "effective_from": decision["effective"],
        **beside,
    }


def _cells(row: Mapping[str, Any], columns: Sequence[str]) -> list[Cell]:
    return [_cell(row.get(column)) for column in columns]


def _cell(value: Any) -> Cell:
    """Several values in one cell are parted by a semicolon."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    return value if value is None or isinstance(value, int) else str(value)

"""Who may do what at the catalogue's desk: roles in the unit that keeps a text."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from services.catalogue.actions.ports import Registers
from services.catalogue.actions.records import Person
from services.catalogue.domain.versions import DESK_ROLES, OPERATOR
from services.chassis.errors import NotAllowed
from services.chassis.identity import Duty

PROVINCE = "tinh"


@dataclass(frozen=True)
class DeskRights:
    registers: Registers

    def may(self, by: Person, roles: Sequence[str], owners: AbstractSet[str]) -> bool:
        """Whether one of `roles` is theirs in all of `owners`; a role in the province's unit counts for all units, and
        "" stands for that unit.
        """
        units = {duty.unit for duty in by.duties if duty.role in roles}
        return bool(units) and (owners <= units or self._province() in units)

    def need(self, by: Person, roles: Sequence[str], owners: AbstractSet[str]) -> None:
        """Raises: NotAllowed."""
        if not self.may(by, roles, owners):
            raise NotAllowed(f"needs a role of {', '.join(roles)} in the procedure's unit")

    def operator(self) -> Person:
        """Who acts from the command line has all roles."""
        return Person(OPERATOR.id, OPERATOR.name, tuple(Duty(self._province(), role) for role in DESK_ROLES))

    def _province(self) -> str:
        units = (entry.document for entry in self.registers.all("units"))
        return next((unit["code"] for unit in units if unit["active"] and unit["type"] == PROVINCE), "-")

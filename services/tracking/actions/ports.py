"""What the actions need from the world."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.tracking.domain.dossier import Dossier, Step
from services.tracking.domain.proof import Asked
from services.tracking.domain.timeliness import Calendar


class Board(Protocol):
    """Dossiers within the transaction of an event."""

    def find(self, dossier_id: str) -> Dossier | None: ...

    def number(self, identity_number: str) -> Any:
        """The form in which the number is kept and found."""

    def keep(self, dossier: Dossier) -> None: ...


class Dossiers(Protocol):
    """Dossiers for reading."""

    def by_code(self, code: str) -> Dossier | None:
        """By the official or the provisional code."""

    def of(self, number: Any, account_id: str) -> Sequence[Dossier]:
        """Those with this identity number that this account filed, newest first."""

    def accounts(self, number: Any, limit: int) -> list[str]:
        """Accounts that filed dossiers with this number."""

    def number(self, identity_number: str) -> Any: ...


class Copies(Protocol):
    """What the catalogue published."""

    def workflow(self, procedure: str, version: int) -> Sequence[Step]:
        """Empty when not known."""

    def unit_name(self, code: str) -> str | None: ...

    def calendar(self) -> Calendar: ...


@dataclass(frozen=True)
class CodeFor:
    """A code made for one account, or for none: then it is told to nobody, at the same cost."""

    account_id: str | None
    code: str


class Requests(Protocol):
    """Look-ups by number."""

    def open(self, asked: Asked, codes: Sequence[CodeFor]) -> None:
        """Keeps the request with hashes of its codes and tells the notifier, in one transaction."""

    def try_code(self, request_id: str, code: str, now: datetime) -> str | None:
        """Uses up one of the tries; the account the code was made for, once; None when wrong, used or too late."""

    def prove(self, request_id: str, account_id: str, until: datetime) -> None: ...

    def proven(self, request_id: str, now: datetime) -> Asked | None: ...


class Proofs(Protocol):
    """Solved captchas; each opens a number of look-ups."""

    def grant(self, until: datetime) -> str: ...

    def spend(self, proof_id: str, now: datetime) -> bool: ...


class AccessLog(Protocol):
    def note(self, what: str, key: str, found: bool, facts: Mapping[str, Any]) -> None:
        """`key` is what was looked up; only its keyed hash is kept."""

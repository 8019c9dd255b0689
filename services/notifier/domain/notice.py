"""A notice: one thing told to one person because of one event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

#: How long we go on trying when the mail server does not take a mail.
PATIENCE = timedelta(hours=72)


@dataclass(frozen=True)
class Kind:
    """A sort of notice. `secrets` are facts that open something; they are erased once the mail is out."""

    name: str
    secrets: tuple[str, ...] = ()
    patience: timedelta = PATIENCE
    in_inbox: bool = True


def _account(name: str, *secrets: str, patience: timedelta = PATIENCE) -> Kind:
    return Kind(name, secrets, patience, in_inbox=False)


_ALL = (
    _account("activation", "activation_url"),
    _account("activation_again", "activation_url"),
    _account("registration_repeated"),
    _account("password_reset", "reset_url", patience=timedelta(hours=2)),
    _account("password_changed"),
    _account("lookup_code", "code", patience=timedelta(minutes=10)),
    Kind("dossier_submitted"),
    Kind("dossier_received"),
    Kind("dossier_supplement_requested"),
    Kind("dossier_supplemented"),
    Kind("dossier_refused"),
    Kind("dossier_fee_requested"),
    Kind("dossier_finished"),
    Kind("dossier_returned"),
    Kind("dossier_withdrawn"),
    Kind("dossier_stopped"),
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}


@dataclass(frozen=True)
class Notice:
    """`facts` fill the text; times in them are aware datetimes. (event_id, kind, account_id) is unique."""

    id: str
    event_id: str
    kind: Kind
    account_id: str
    facts: Mapping[str, Any]
    occurred_at: datetime
    request_id: str

    def without_secrets(self) -> dict[str, Any]:
        return {name: value for name, value in self.facts.items() if name not in self.kind.secrets}


@dataclass(frozen=True)
class Person:
    """Whom we tell. `email` is None once the account is closed: nothing more is sent there."""

    account_id: str
    name: str
    email: str | None
    sequence: int

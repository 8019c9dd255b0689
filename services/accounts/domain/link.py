"""Links sent by e-mail: one use, a limited life, kept as hashes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Purpose(StrEnum):
    ACTIVATION = "activation"
    PASSWORD = "password"  # noqa: S105 - the purpose of a link, no secret


LIFETIMES = {Purpose.ACTIVATION: timedelta(hours=24), Purpose.PASSWORD: timedelta(minutes=30)}


@dataclass(frozen=True)
class Link:
    token_hash: str
    purpose: Purpose
    account_id: str
    expires_at: datetime

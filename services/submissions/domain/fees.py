"""Fees (phí, lệ phí): what a case costs online, in whole đồng, and when it falls due."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.submissions.domain.procedure import Fee, Procedure


@dataclass(frozen=True)
class FeeRecord:
    """What the office asked for and what was paid at the desk."""

    amount: int
    asked_at: datetime | None = None
    paid_at: datetime | None = None


def fees_online(procedure: Procedure) -> tuple[Fee, ...]:
    """With what is asked for online as their `amount`."""
    asked = (fee for fee in procedure.fees if fee.channel in ("all", "online"))
    return tuple(replace(fee, amount=fee.amount_online) for fee in asked)


def total(procedure: Procedure) -> int:
    return sum(fee.amount for fee in fees_online(procedure))

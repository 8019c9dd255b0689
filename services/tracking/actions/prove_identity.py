"""Look-up by identity number: nothing is shown without a second proof, and nobody learns whether there is anything.

A person who is signed in sees the dossiers they filed themselves. Anybody else gets a code sent to the e-mail of
each account that filed a dossier with that number; the code opens the dossiers of that account only. An unknown
number goes the same way, with a code that is told to nobody.
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from services.chassis.clock import Clock
from services.chassis.ids import new_id
from services.tracking.actions.ports import CodeFor, Dossiers, Requests
from services.tracking.domain.dossier import Dossier
from services.tracking.domain.proof import CODE_DIGITS, CODE_MINUTES, LIST_OPEN, MOST_ACCOUNTS, Asked


class ProveIdentity:
    def __init__(self, dossiers: Dossiers, requests: Requests, clock: Clock) -> None:
        self._dossiers = dossiers
        self._requests = requests
        self._clock = clock

    def ask(self, identity_number: str) -> str:
        """Has codes sent; returns the request's id, to be kept in the asking browser only."""
        number = self._dossiers.number(identity_number)
        accounts: list[str] = self._dossiers.accounts(number, MOST_ACCOUNTS)
        codes = [CodeFor(account, _code()) for account in accounts] or [CodeFor(None, _code())]
        expires_at = self._clock.now() + timedelta(minutes=CODE_MINUTES)
        asked = Asked(new_id(), number, expires_at, account_id=None)
        self._requests.open(asked, codes)
        return asked.id

    def ask_as(self, account_id: str, identity_number: str) -> str:
        """For somebody who is signed in: proven at once, for their own dossiers."""
        number = self._dossiers.number(identity_number)
        asked = Asked(new_id(), number, self._clock.now() + LIST_OPEN, account_id)
        self._requests.open(asked, ())
        return asked.id

    def confirm(self, request_id: str, code: str) -> bool:
        now = self._clock.now()
        account_id = self._requests.try_code(request_id, code, now)
        if account_id is None:
            return False
        self._requests.prove(request_id, account_id, now + LIST_OPEN)
        return True

    def found(self, request_id: str) -> Sequence[Dossier] | None:
        """None without a proof, or when it has run out."""
        asked = self._requests.proven(request_id, self._clock.now())
        if asked is None or asked.account_id is None:
            return None
        return self._dossiers.of(asked.number, asked.account_id)


def _code() -> str:
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"

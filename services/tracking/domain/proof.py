"""The second proof behind a look-up by identity number, and what a solved captcha opens."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

CODE_MINUTES = 10
CODE_DIGITS = 6
MAX_TRIES = 5
#: How long the list stays open in the browser that proved itself.
LIST_OPEN = timedelta(minutes=30)
#: How long one solved captcha opens look-ups by code.
CAPTCHA_OPEN = timedelta(minutes=30)
#: More accounts than these don't file for one person; codes beyond are not made.
MOST_ACCOUNTS = 5


@dataclass(frozen=True)
class Asked:
    """A look-up by number that waits for its proof, or has it: then `account_id` says whose dossiers are shown."""

    id: str
    number: Any
    expires_at: datetime
    account_id: str | None
    tries: int = 0

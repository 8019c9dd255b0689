"""Passwords as they are kept: argon2id at OWASP's costs."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: Each hash takes 19 MiB; more at once than there are cores would only make everybody wait in memory.
AT_ONCE = 2


class Argon2Hasher:
    """Satisfies `actions.ports.Hasher`; at most two hashes at once in a process."""

    def __init__(self) -> None:
        self._argon = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._room = BoundedSemaphore(AT_ONCE)
        self._nobody = self.make("nobody has this password")

    def make(self, password: str) -> str:
        with self._room:
            return self._argon.hash(password)

    def matches(self, kept: str, password: str) -> bool:
        with self._room:
            try:
                return self._argon.verify(kept, password)
            except (VerificationError, InvalidHashError):
                return False

    def is_outdated(self, kept: str) -> bool:
        return self._argon.check_needs_rehash(kept)

    def waste(self, password: str) -> None:
        self.matches(self._nobody, password)

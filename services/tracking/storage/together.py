"""Questions that several threads have at the same moment, asked as one."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass
class _Batch(Generic[T]):
    keys: set[str] = field(default_factory=set)
    answers: Future[Mapping[str, T]] = field(default_factory=Future)


class Together(Generic[T]):
    """While one question is on its way those that come in gather, and go as the next one.

    Alone, a question goes at once. Each is asked after it came in, so no answer is older than its question.
    """

    def __init__(self, ask: Callable[[list[str]], Mapping[str, T]]) -> None:
        self._ask = ask
        self._asking = Lock()
        self._gate = Lock()
        self._gathering: _Batch[T] = _Batch()

    def __call__(self, key: str) -> T | None:
        """Raises: what `ask` raises."""
        with self._gate:
            batch = self._gathering
            leads = not batch.keys
            batch.keys.add(key)
        if leads:
            with self._asking:
                with self._gate:
                    self._gathering = _Batch()
                try:
                    batch.answers.set_result(self._ask(list(batch.keys)))
                except Exception as fault:  # noqa: BLE001 - each who waits is told
                    batch.answers.set_exception(fault)
        return batch.answers.result().get(key)

"""What took how long, for the operators' table; printed at the end of a run."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Timings:
    def __init__(self) -> None:
        self._rows: dict[str, float] = {}

    def note(self, what: str, seconds: float) -> None:
        self._rows[what] = seconds
        print(f"\n{what}: {seconds:.1f} s")

    @contextmanager
    def measured(self, what: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.note(what, time.monotonic() - began)

    def of(self, what: str) -> float:
        return self._rows[what]

    def write(self, file: Path) -> None:
        file.parent.mkdir(exist_ok=True)
        file.write_text("".join(f"{what:<40}{seconds:>8.1f} s\n" for what, seconds in self._rows.items()))
        print(f"\n{file.read_text()}")

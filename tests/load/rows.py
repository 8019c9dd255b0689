"""The rows of the bench and the machine they were measured on."""

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True)
class Row:
    """`value` is the median of `runs`; `aim` is what is wanted, `floor` what fails the bench. `note` is for readers."""

    name: str
    unit: str
    aim: float
    floor: float
    better: Literal["higher", "lower"]
    runs: tuple[float, ...]
    note: str = ""

    @property
    def value(self) -> float:
        return round(statistics.median(self.runs), 3)

    @property
    def verdict(self) -> str:
        if self._reaches(self.aim):
            return "aim"
        return "above floor" if self._reaches(self.floor) else "BELOW FLOOR"

    @property
    def holds(self) -> bool:
        return self._reaches(self.floor)

    def _reaches(self, mark: float) -> bool:
        return self.value >= mark if self.better == "higher" else self.value <= mark

    def document(self) -> dict[str, Any]:
        kept = asdict(self)
        del kept["note"]
        return {**kept, "value": self.value, "runs": [round(run, 3) for run in self.runs]}


def ratios(ours: Sequence[float], raw: Sequence[float]) -> tuple[float, ...]:
    """Run by run, each pair having been measured one after the other."""
    return tuple(one / other for one, other in zip(ours, raw, strict=True))


def compared(ours: Sequence[float], raw: Sequence[float], unit: str) -> str:
    return f"{statistics.median(ours):.0f} {unit} beside {statistics.median(raw):.0f}"


def machine() -> dict[str, Any]:
    fields = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    return {
        "cores": os.cpu_count(),
        "memory_mb": int(fields["MemTotal"].split()[0]) // 1024,
        "load_1m": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "kernel": platform.release(),
    }


def table(rows: Sequence[Row]) -> str:
    lines = [("", "value", "unit", "aim", "floor", "", "")]
    lines += [
        (row.name, f"{row.value:g}", row.unit, f"{row.aim:g}", f"{row.floor:g}", row.verdict, row.note) for row in rows
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(7)]
    return "\n".join("  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in lines)

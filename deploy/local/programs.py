"""What one part of the system is to the supervisor: a command, its environment, and how to see that it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Program:
    """`probe` raises, or answers False, until the program does its work."""

    name: str
    command: tuple[str, ...]
    probe: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    #: Lower ones are started first and stopped last.
    priority: int = 100
    stop_seconds: int = 15

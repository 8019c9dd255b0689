"""A whole copy of the system for the bench, and the inside of two of its services beside it."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local import environment
from deploy.local.place import Place
from deploy.local.running import Running
from services.chassis.clock import SystemClock
from services.chassis.settings import load
from services.submissions import wiring as submissions
from services.submissions.settings import Settings as SubmissionsSettings
from services.tracking import wiring as tracking
from services.tracking.settings import Settings as TrackingSettings


@dataclass(frozen=True)
class System:
    """`submissions` and `tracking` are wired in this process to the copy's own databases and settings."""

    place: Place
    url: str
    submissions: submissions.Parts
    tracking: tracking.Parts


@contextmanager
def running(data: Path) -> Iterator[System]:
    place, port = Place(data), free_port()
    copy = Running(place, port)
    try:
        copy.up()
        yield inside(place, copy.public_url)
    finally:
        copy.down()


def inside(place: Place, url: str) -> System:
    os.environ.update(environment.of_operator(place, url))
    return System(
        place,
        url,
        submissions.build(load(SubmissionsSettings, "SUBMISSIONS"), SystemClock()),
        tracking.build(load(TrackingSettings, "TRACKING"), SystemClock()),
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

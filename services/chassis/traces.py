"""Traces of what a request sets going, across the broker to whoever hears of it.

Off unless MOTCUA_TRACES_URL names a collector: then nothing of OpenTelemetry is imported, and every call here is one
comparison.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from services.chassis.otlp import Tracing

PARENT = "ce-traceparent"
_tracing: "Tracing | None" = None


def start(service: str, url: str) -> None:
    """Begin, once a process: after its fork, before its first MongoDB client. Nothing when `url` is empty."""
    global _tracing
    if url and _tracing is None:
        from services.chassis.otlp import Tracing

        _tracing = Tracing(service, url)


def stop() -> None:
    """Send what still waits, for a few seconds at most, and be off again. A process that ends does so by itself."""
    global _tracing
    if _tracing is not None:
        _tracing.stop()
        _tracing = None


def watch(app: Flask) -> None:
    """A span for each request, named by its route. Called before the application's own hooks are added."""
    if _tracing is not None:
        _tracing.watch(app)


def current() -> str | None:
    """W3C trace context of what is going on in this thread; None when nothing is traced."""
    return None if _tracing is None else _tracing.current()


def relaying(letters: Sequence[Mapping[str, Any]]) -> AbstractContextManager[None]:
    """A span for each letter that is being said, by its headers, in the trace of whoever wrote it."""
    return nullcontext() if _tracing is None else _tracing.relaying(letters)


def hearing(queue: str, headers: Mapping[str, str]) -> AbstractContextManager[None]:
    """A span around the handling of one delivery, in the trace of whoever said it."""
    return nullcontext() if _tracing is None else _tracing.hearing(queue, headers)

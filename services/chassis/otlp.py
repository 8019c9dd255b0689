"""The OpenTelemetry half of `traces`: imported only where a collector is named.

What leaves the process is what `TOLD` allows. The libraries' own spans carry addresses, queries, user agents and the
texts of errors, and with them what people typed.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from flask import Flask
from opentelemetry import propagate
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.pymongo import CommandTracer
from opentelemetry.propagators.textmap import TextMapPropagator
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import Decision, ParentBased, Sampler, SamplingResult, TraceIdRatioBased
from opentelemetry.trace import Span, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.trace.status import Status
from pymongo import monitoring

from services.chassis.traces import PARENT

#: One request in ten: enough to see where time goes, and no burden.
SHARE = 0.1
#: The longest that an ending process waits for a collector that is away.
PATIENCE_SECONDS = 3
QUIET = "/health/,/metrics,/static/"
W3C = TraceContextTextMapPropagator()
TOLD = frozenset(
    {
        "db.system",
        "db.name",
        "db.mongodb.collection",
        "http.method",
        "http.route",
        "http.status_code",
        "messaging.system",
        "messaging.message.type",
    }
)


class _Deaf(TextMapPropagator):
    """What a stranger's request says of traces is not believed: he would choose what is recorded."""

    def extract(self, carrier: Any, context: Context | None = None, getter: Any = None) -> Context:  # noqa: ARG002
        return context or Context()

    def inject(self, carrier: Any, context: Context | None = None, setter: Any = None) -> None:
        """Nothing; `Tracing.current` is what goes out."""

    @property
    def fields(self) -> set[str]:
        return set()


class _Doors(Sampler):
    """A trace begins where a request or a message comes in; what a worker asks its store by itself begins none."""

    def __init__(self, share: float) -> None:
        self._share = TraceIdRatioBased(share)

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        *rest: Any,
        **more: Any,
    ) -> SamplingResult:
        if kind is SpanKind.CLIENT:
            return SamplingResult(Decision.DROP)
        return self._share.should_sample(parent_context, trace_id, name, kind, *rest, **more)

    def get_description(self) -> str:
        return f"Doors({self._share.get_description()})"


class _Discreet(SpanExporter):
    """Tells the collector only what `TOLD` allows; never an error's text."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._inner.export([_told(span) for span in spans])

    def shutdown(self) -> None:
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._inner.force_flush(timeout_millis)


def _told(span: ReadableSpan) -> ReadableSpan:
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes={name: value for name, value in (span.attributes or {}).items() if name in TOLD},
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


class Tracing:
    def __init__(self, service: str, url: str) -> None:
        propagate.set_global_textmap(_Deaf())
        resource = Resource.create({"service.name": service, "service.namespace": "motcua"})
        self._provider = TracerProvider(sampler=ParentBased(_Doors(SHARE)), resource=resource)
        exporter = OTLPSpanExporter(url, timeout=PATIENCE_SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(_Discreet(exporter)))
        self._tracer = self._provider.get_tracer("services.chassis.traces")
        # The library's instrumentor keeps its first provider for good, also one that was shut down.
        self._store = CommandTracer(self._provider.get_tracer("pymongo"))
        monitoring.register(self._store)

    def stop(self) -> None:
        self._store.is_enabled = False
        self._provider.shutdown()

    def watch(self, app: Flask) -> None:
        FlaskInstrumentor().instrument_app(  # type: ignore[no-untyped-call]
            app, tracer_provider=self._provider, excluded_urls=QUIET, enable_commenter=False
        )

    def current(self) -> str | None:
        carrier: dict[str, str] = {}
        W3C.inject(carrier)
        return carrier.get("traceparent")

    @contextmanager
    def relaying(self, letters: Sequence[Mapping[str, Any]]) -> Iterator[None]:
        with ExitStack() as spans:
            for headers in letters:
                spans.enter_context(self._span("relay", SpanKind.PRODUCER, headers))
            yield

    @contextmanager
    def hearing(self, queue: str, headers: Mapping[str, str]) -> Iterator[None]:
        with self._span(f"hear {queue}", SpanKind.CONSUMER, headers):
            yield

    def _span(self, name: str, kind: SpanKind, headers: Mapping[str, Any]) -> AbstractContextManager[Span]:
        return self._tracer.start_as_current_span(
            name,
            context=W3C.extract({"traceparent": str(headers.get(PARENT, ""))}, context=Context()),
            kind=kind,
            attributes={"messaging.system": "rabbitmq", "messaging.message.type": str(headers.get("ce-type", ""))},
            record_exception=False,
        )

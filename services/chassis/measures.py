"""Gauges of a whole service, read from its store by the one worker that holds the lease.

Only the holder shows them, so that the copies of a worker don't tell the same thing twice, and one that lost the
lease does not go on telling what was true then.
"""

from collections.abc import Iterable, Mapping, Sequence

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

OF_THE_HOLDER = CollectorRegistry()


class Measure(Collector):
    """A gauge that is replaced as a whole: a row that is gone is gone, and no scrape sees half of a reading."""

    def __init__(
        self, name: str, doc: str, labels: Sequence[str] = (), registry: CollectorRegistry = OF_THE_HOLDER
    ) -> None:
        self._name = name
        self._doc = doc
        self._labels = labels
        self._rows: Mapping[tuple[str, ...], float] = {}
        registry.register(self)

    def show(self, value: float) -> None:
        """The one value of a measure without labels."""
        self._rows = {(): value}

    def show_each(self, rows: Mapping[tuple[str, ...], float]) -> None:
        """A value for each tuple of labels."""
        self._rows = rows

    def describe(self) -> Iterable[GaugeMetricFamily]:
        return [GaugeMetricFamily(self._name, self._doc, labels=self._labels)]

    def collect(self) -> Iterable[GaugeMetricFamily]:
        family = GaugeMetricFamily(self._name, self._doc, labels=self._labels)
        for labels, value in self._rows.items():
            family.add_metric(labels, value)
        return [family]

"""The figures in the memory of this process, or of all that gunicorn started, and the text that shows them."""

from collections.abc import Iterable, Iterator

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from supportdesk import metrics

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_METHODS = {"GET", "HEAD", "POST"}


class Exposition:
    """`shared` is the folder in which the processes of one gunicorn count together; empty: this one alone."""

    def __init__(self, shared: str) -> None:
        self._shared = shared
        self._registry = CollectorRegistry()
        self._requests = Histogram(
            "desk_request_seconds",
            "How long requests took, by route.",
            ("route", "method", "status"),
            buckets=SECONDS,
            registry=self._registry,
        )

    def count(self, route: str | None, method: str, status: int, seconds: float | None) -> None:
        """An answer that was given; the looks at these figures are not among them."""
        if seconds is not None and route != "/metrics":
            named = method if method in _METHODS else "other"
            self._requests.labels(route or "none", named, str(status)).observe(seconds)

    def text(self, gauges: Iterable["metrics.Gauge"]) -> tuple[bytes, str]:
        """What /metrics says, and of what kind it is."""
        now = CollectorRegistry()
        now.register(_Now(gauges))
        return generate_latest(self._counted()) + generate_latest(now), CONTENT_TYPE_LATEST

    def _counted(self) -> CollectorRegistry:
        if not self._shared:
            return self._registry
        everybodys = CollectorRegistry()
        MultiProcessCollector(everybodys, self._shared)  # type: ignore[no-untyped-call]
        return everybodys


class _Now(Collector):
    """Figures as of now, in the library's words."""

    def __init__(self, gauges: Iterable["metrics.Gauge"]) -> None:
        self._gauges = list(gauges)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for gauge in self._gauges:
            family = GaugeMetricFamily(gauge.name, gauge.help, labels=[gauge.label] if gauge.label else [])
            for label, value in gauge.values.items():
                family.add_metric([label] if gauge.label else [], value)
            yield family

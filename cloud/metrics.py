"""What /metrics shows, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The counters of one running cloud, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "facings_http_requests_total",
            "HTTP requests by route and answer.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "facings_http_request_seconds", "Time to answer.", ["route"], buckets=_SECONDS, registry=self.registry
        )
        self.messages = Counter(
            "facings_messages_total",
            "Messages from devices by kind and outcome: stored, repeated, quarantined, deferred, unused.",
            ["kind", "outcome"],
            registry=self.registry,
        )
        self.store_seconds = Histogram(
            "facings_store_seconds",
            "From a message's arrival to its database commit.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.broker_up = Gauge(
            "facings_broker_connected", "1 while the cloud is connected to the broker.", registry=self.registry
        )

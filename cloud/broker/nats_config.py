"""The configuration of the NATS server that is our MQTT broker."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cloud.broker.logins import Login
from facings.messages import MAX_MESSAGE_BYTES

_MB = 1024 * 1024
_MOST_SUBSCRIPTIONS = 300_000
# The largest message, its topic, and what MQTT adds to it.
_MAX_PAYLOAD = MAX_MESSAGE_BYTES + 64 * 1024


@dataclass(frozen=True)
class BrokerPlace:
    """Where the broker listens and keeps its files."""

    host: str
    mqtt_port: int
    websocket_port: int
    folder: Path

    @property
    def config_file(self) -> Path:
        """Readable by its owner only: it holds passwords."""
        return self.folder / "nats.conf"

    @property
    def log_file(self) -> Path:
        """What the server has to say."""
        return self.folder / "nats.log"

    @property
    def complaint_file(self) -> Path:
        """What it says before it has read where its log is: why it refuses the configuration."""
        return self.folder / "nats.err"

    @property
    def pid_file(self) -> Path:
        """Written by the server, to find one left over."""
        return self.folder / "nats.pid"


def subjects(topic_filters: Iterable[str]) -> list[str]:
    """The NATS subjects of MQTT topic filters; MQTT's `#` includes the level above it, NATS' `>` does not.

    Example:
        >>> subjects(["a/+/b", "a/kpi/#"])
        ['a.*.b', 'a.kpi.>', 'a.kpi']
    """
    found = []
    for topic in topic_filters:
        subject = topic.replace("/", ".").replace("+", "*").replace("#", ">")
        found += [subject, subject.removesuffix(".>")] if subject.endswith(".>") else [subject]
    return found


def config_text(place: BrokerPlace, cloud: Login, others: Iterable[Login], *, ack_wait_s: int = 15) -> str:
    """The configuration file. Users reach MQTT only, and of it only the subjects of their login.

    What the cloud has taken and not acknowledged for `ack_wait_s` is sent again, also on a new connection.
    """
    document = {
        "server_name": "facings",
        # NATS' own protocol has no users here; it cannot be turned off, so it stays on this machine.
        "listen": "127.0.0.1:-1",
        "max_payload": _MAX_PAYLOAD,
        "pid_file": str(place.pid_file),
        "log_file": str(place.log_file),
        "logfile_size_limit": 16 * _MB,
        "logfile_max_num": 2,
        "jetstream": {
            "store_dir": str(place.folder / "store"),
            "max_memory_store": 64 * _MB,
            "max_file_store": 4096 * _MB,
            # A device has three subscriptions that outlive its connection, each a consumer of one and the same stream;
            # the server's own limit is 1,000 a stream.
            "limits": {"default_max_consumers": _MOST_SUBSCRIPTIONS},
        },
        "mqtt": {"host": place.host, "port": place.mqtt_port, "ack_wait": f"{ack_wait_s}s", "max_ack_pending": 4000},
        "websocket": {"host": place.host, "port": place.websocket_port, "no_tls": True},
        "authorization": {"users": [_user(cloud, everything=True), *(_user(login) for login in others)]},
    }
    return json.dumps(document, indent=1) + "\n"


def _user(login: Login, *, everything: bool = False) -> dict[str, object]:
    user: dict[str, object] = {
        "user": login.username,
        "password": login.password,
        "allowed_connection_types": ["MQTT", "MQTT_WS"],
    }
    if not everything:
        user["permissions"] = {
            "publish": {"allow": subjects(login.publish)} if login.publish else {"deny": [">"]},
            "subscribe": {"allow": subjects(login.subscribe)},
        }
    return user

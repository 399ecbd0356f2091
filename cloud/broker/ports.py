"""Which ports our broker takes."""

from __future__ import annotations

import socket
from contextlib import ExitStack

from cloud.settings import BrokerSettings


def chosen_ports(settings: BrokerSettings) -> tuple[int, int]:
    """MQTT and WebSocket port: as set, or free ones in place of 0, kept for as long as the instance runs."""
    with ExitStack() as probes:
        ports = []
        for wanted in (settings.mqtt_port, settings.websocket_port):
            probe = probes.enter_context(socket.socket())
            if not wanted:
                probe.bind((settings.host, 0))
            ports.append(wanted or probe.getsockname()[1])
        return ports[0], ports[1]

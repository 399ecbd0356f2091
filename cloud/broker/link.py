"""The cloud's connection to the MQTT broker, shared by ingest and the live numbers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from facings.errors import SettingsError, UnavailableError
from facings.mqtt import MqttClient
from facings.topics import UPWARD_FILTERS

log = logging.getLogger(__name__)


class Receipt(NamedTuple):
    """By which a message is acknowledged: numbers start anew with each connection; 0 is of those that need no ack."""

    connection: int
    number: int


OnMessage = Callable[[str, bytes, Receipt], None]
"""Called with topic, payload and receipt; until that is acknowledged the broker sends the message again."""

_LONGEST_RECONNECT_S = 5
_MOST_WAITING = 20_000
_MOST_IN_FLIGHT = 200


class BrokerLink:
    """A connection that comes back by itself; the broker keeps messages for it while it is away.

    Example:
        >>> link = BrokerLink("mqtt://127.0.0.1:1883", "facings-cloud", "secret", "facings-cloud")
        >>> link.on_message(lambda topic, payload, receipt: link.acknowledge([receipt]))  # before start
        >>> link.connected
        False
    """

    def __init__(self, url: str, username: str, password: str, client_id: str) -> None:
        self.url = url
        self.username = username
        self.password = password
        self.client_id = client_id
        self._callback: OnMessage | None = None
        self._filters: Sequence[str] = ()
        self._client: MqttClient | None = None
        self._connected = threading.Event()
        self._complaint = ""
        self._connection = 0

    def on_message(self, callback: OnMessage, filters: Sequence[str] = UPWARD_FILTERS) -> None:
        """Have `callback` called with each message of `filters`, in the link's own thread: hand over and return."""
        self._callback, self._filters = callback, filters

    def start(self) -> None:
        """Begin connecting; goes on in the background until `stop`."""
        host, port, tls = _address(self.url)
        client = MqttClient(self.client_id, clean_session=False, manual_ack=True)
        client.username_pw_set(self.username, self.password)
        if tls:
            client.tls_set()
        client.reconnect_delay_set(1, _LONGEST_RECONNECT_S)
        client.max_queued_messages_set(_MOST_WAITING)
        client.max_inflight_messages_set(_MOST_IN_FLIGHT)
        client.on_connect, client.on_disconnect = self._came, self._went
        client.on_subscribe, client.on_message = self._subscribed, self._arrived
        client.connect_async(host, port, keepalive=15)
        self._client = client
        client.loop_start()

    def stop(self) -> None:
        """Say goodbye and end the thread; the broker keeps what arrives meanwhile."""
        if self._client:
            self._client.disconnect()
            self._client.loop_stop()
            self._client = None
        self._connected.clear()

    @property
    def connected(self) -> bool:
        """Whether the broker has admitted us and the connection stands."""
        return self._connected.is_set()

    def wait_connected(self, timeout_s: float) -> None:
        """Wait for the connection.

        Raises:
            UnavailableError: there is none in time; the text says what the broker answered.
        """
        if not self._connected.wait(timeout_s):
            raise UnavailableError(f"no connection to the broker at {self.url}: {self._complaint or 'no answer'}")

    def check(self) -> None:
        """Raises where there is no connection."""
        self.wait_connected(0)

    def publish(self, topic: str, payload: bytes, qos: int = 1, retain: bool = False) -> bool:
        """Send, or keep in memory until the connection is back; False where too much is waiting already."""
        if self._client is None:
            return False
        return self._client.publish(topic, payload, qos, retain).rc in (
            mqtt.MQTT_ERR_SUCCESS,
            mqtt.MQTT_ERR_NO_CONN,
        )

    def publish_and_wait(self, topic: str, payload: bytes, timeout_s: float) -> None:
        """Send and wait until the broker has it.

        Raises:
            UnavailableError: it has not in time.
        """
        if self._client is None or not self.connected:
            raise UnavailableError("no connection to the broker")
        sent = self._client.publish(topic, payload, qos=1)
        try:
            sent.wait_for_publish(timeout_s)
        except (RuntimeError, ValueError) as error:
            raise UnavailableError(f"the broker does not take {topic}: {error}") from error
        if not sent.is_published():
            raise UnavailableError(f"the broker has not taken {topic} within {timeout_s:g} s")

    def acknowledge(self, receipts: Iterable[Receipt]) -> None:
        """Tell the broker that it need not keep these messages; those of an earlier connection come again."""
        numbers = [one.number for one in receipts if one.number and one.connection == self._connection]
        if self._client is not None and numbers:
            self._client.ack_all(numbers)

    def _came(
        self, client: mqtt.Client, _userdata: object, _flags: object, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if code.is_failure:
            if self._complaint != str(code):
                log.error("the broker at %s refuses us: %s; trying again", self.url, code)
            self._complaint = str(code)
            return
        self._connection += 1
        if self._filters:
            client.subscribe([(topic, 1) for topic in self._filters])
        log.info("connected to the broker at %s%s", self.url, " again" if self._complaint else "")
        self._complaint = ""
        self._connected.set()

    def _went(
        self, _client: mqtt.Client, _userdata: object, _flags: object, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if self._connected.is_set() and code.is_failure:
            log.warning("lost the broker at %s: %s; trying again", self.url, code)
            self._complaint = str(code)
        self._connected.clear()

    def _subscribed(
        self,
        _client: mqtt.Client,
        _userdata: object,
        _mid: int,
        codes: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        refused = [topic for topic, code in zip(self._filters, codes, strict=False) if code.is_failure]
        if refused:
            log.error("the broker refuses our subscriptions to %s: allow them for %s", refused, self.username)

    def _arrived(self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        receipt = Receipt(self._connection, message.mid)
        if self._callback is None:
            self.acknowledge([receipt])
        else:
            self._callback(message.topic, bytes(message.payload), receipt)


def _address(url: str) -> tuple[str, int, bool]:
    parts = urlsplit(url)
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
        raise SettingsError(f"broker.url {url!r}: write mqtt://HOST:PORT, or mqtts:// for TLS")
    try:
        port = parts.port
    except ValueError as error:
        raise SettingsError(f"broker.url {url!r}: write mqtt://HOST:PORT; {error}") from error
    tls = parts.scheme == "mqtts"
    return parts.hostname, port or (8883 if tls else 1883), tls

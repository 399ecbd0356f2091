"""The connection to the broker: signs in, says that the device is there, and comes back whenever it is lost."""

from __future__ import annotations

import logging
import ssl
import threading
from collections.abc import Callable, Mapping
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.reasoncodes import ReasonCode

from edge.device.identity import Identity
from edge.peer import Backoff, Peer
from edge.settings import BrokerSettings
from edge.uplink.sender import WINDOW, Sender
from facings.errors import FacingsError, UnavailableError
from facings.logins import mqtt_client_id
from facings.messages import Message, State
from facings.mqtt import MqttClient
from facings.worker import Worker, WorkingPart

KEEPALIVE_S = 30
CONNACK_WITHIN_S = 20.0
PUMP_EVERY_S = 1.0
FAREWELL_WITHIN_S = 2.0

Handler = Callable[[str, bytes], None]


def new_client(settings: BrokerSettings, username: str, client_id: str, *, clean: bool) -> MqttClient:
    """A client with the device's sign-in, not connected yet. It never reconnects by itself.

    Raises:
        SettingsError: the password file cannot be read.
    """
    client = MqttClient(client_id, comes_back=False, clean_session=clean)
    client.username_pw_set(username, settings.secret())
    client.max_inflight_messages_set(WINDOW)
    if settings.tls:
        client.tls_set_context(ssl.create_default_context(cafile=settings.ca_file))
    return client


def refusal(reason: ReasonCode) -> str:
    """What a refused sign-in means and what to do."""
    if reason.getName() in ("Not authorized", "Bad user name or password"):
        return f"sign-in refused ({reason}): check broker.username and the device key; it may have been revoked"
    return f"connection refused ({reason})"


class Link(WorkingPart):
    """One session at the broker at a time, persistent on the broker's side.

    Each connection is a new paho client: paho's own queue lives in memory only, so what it still held is sent again
    from the outbox. `handlers` maps topic filters to what is done with their messages; `greet` publishes what is said
    at each connect.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        username: str,
        identity: Identity,
        backoff: Backoff,
        log: logging.Logger,
    ) -> None:
        super().__init__("link", log)
        self._settings = settings
        self._username = username
        self._identity = identity
        self._backoff = backoff
        self._disk = Peer("disk", log)
        self._peer = Peer(f"broker {settings.url}", log)
        self._client: MqttClient | None = None
        self._up = threading.Event()
        self._down = threading.Event()
        self.sender: Sender | None = None
        self.handlers: Mapping[str, Handler] = {}
        self.greet: Callable[[], None] = lambda: None

    @property
    def is_up(self) -> bool:
        """Whether the broker has accepted the connection."""
        return self._up.is_set()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Hand a payload to the broker; False where there is no connection."""
        client = self._client
        if client is None or not self.is_up:
            return False
        return client.publish(topic, payload, qos=1, retain=retain).rc == paho.MQTT_ERR_SUCCESS

    def say(self, topic: str, message: Message, *, retain: bool = False) -> bool:
        """Publish a message that describes the present and needs no ack."""
        return self.publish(topic, message.to_wire(), retain=retain)

    def _work(self, worker: Worker) -> None:
        while not worker.stopping:
            self._one_session(worker)
            if not worker.stopping:
                worker.pause(self._backoff.next_s())

    def _one_session(self, worker: Worker) -> None:
        self._up.clear()
        self._down.clear()
        try:
            client = self._client = self._connect()
        except (OSError, ValueError, FacingsError) as error:
            self._peer.lost(f"cannot connect: {error}")
            return
        try:
            client.loop_start()
            self._stay(worker)
        finally:
            self._leave(client)

    def _connect(self) -> MqttClient:
        topics = self._identity.topics
        client_id = mqtt_client_id(self._identity.tenant, self._identity.device, self._settings.secret() or "")
        client = new_client(self._settings, self._username, client_id, clean=False)
        client.will_set(topics.state, self._state("offline").to_wire(), qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        for topic_filter, handler in self.handlers.items():
            client.message_callback_add(topic_filter, self._callback(handler))
        client.connect(self._settings.host, self._settings.port, keepalive=KEEPALIVE_S)
        return client

    def _stay(self, worker: Worker) -> None:
        began = self._identity.clock.monotonic()
        while not worker.stopping and not self._down.is_set():
            if self.is_up:
                self._pump()
            elif self._identity.clock.monotonic() - began > CONNACK_WITHIN_S:
                self._peer.lost("the broker does not answer the connect")
                return
            worker.wait(PUMP_EVERY_S)

    def _pump(self) -> None:
        if self.sender is None:
            return
        try:
            self.sender.pump()
            self._disk.back()
        except UnavailableError as error:
            self._disk.lost(str(error))

    def _leave(self, client: paho.Client) -> None:
        if self.is_up and self._worker.stopping:
            farewell = client.publish(self._identity.topics.state, self._state("stopped").to_wire(), qos=1, retain=True)
            if farewell.rc == paho.MQTT_ERR_SUCCESS:
                farewell.wait_for_publish(FAREWELL_WITHIN_S)
        self._up.clear()
        self._client = None
        client.disconnect()
        client.loop_stop()

    def _on_connect(
        self, client: paho.Client, _userdata: Any, _flags: Any, reason: ReasonCode, _properties: Any
    ) -> None:
        if reason.is_failure:
            self._peer.lost(refusal(reason))
            self._down.set()
            self._worker.wake()
            return
        if self._peer.is_lost:
            self._peer.back()
        else:
            self._log.info("connected to %s", self._settings.url)
        self._backoff.reset()
        self._up.set()
        client.subscribe([(topic_filter, self._quality(topic_filter)) for topic_filter in self.handlers])
        self.say(self._identity.topics.state, self._state("online"), retain=True)
        self._guarded(self.greet, "greeting")
        if self.sender is not None:
            self.sender.start_over()
        self._worker.wake()

    def _quality(self, topic_filter: str) -> int:
        """Only commands are kept for a device that is away: acks come again with each resend, settings are retained.

        NATS goes through all kept subscriptions with each message: three each of 2,000 devices brought it down.
        """
        return 1 if topic_filter == self._identity.topics.commands else 0

    def _on_disconnect(
        self, _client: paho.Client, _userdata: Any, _flags: Any, reason: ReasonCode, _props: Any
    ) -> None:
        if self.is_up and not self._worker.stopping:
            self._peer.lost(f"connection lost ({reason})")
        self._up.clear()
        self._down.set()
        self._worker.wake()

    def _on_subscribe(
        self, _client: paho.Client, _userdata: Any, _mid: int, reasons: list[ReasonCode], _props: Any
    ) -> None:
        refused = [topic for topic, reason in zip(self.handlers, reasons, strict=False) if reason.is_failure]
        if refused:
            self._log.error("the broker refuses subscriptions to %s: allow them for %s", refused, self._username)

    def _callback(self, handler: Handler) -> Callable[[paho.Client, Any, paho.MQTTMessage], None]:
        def receive(_client: paho.Client, _userdata: Any, message: paho.MQTTMessage) -> None:
            self._guarded(lambda: handler(message.topic, bytes(message.payload)), message.topic)

        return receive

    def _guarded(self, act: Callable[[], None], what: str) -> None:
        """Act on paho's thread, which an error would end."""
        try:
            act()
        except UnavailableError as error:
            self._disk.lost(str(error))
        except Exception:
            self._log.exception("%s could not be handled", what)

    def _state(self, state: str) -> State:
        return State(**self._identity.envelope(), state=state)

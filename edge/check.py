"""`facings edge check`: is everything this device needs there, and if not, what is to be done."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import paho.mqtt.client as paho
from paho.mqtt.reasoncodes import ReasonCode

from edge.capture.http import HttpCamera
from edge.device.identity import is_set, system_clock_state
from edge.device.modbus import ModbusController
from edge.reader import Reader
from edge.settings import CameraSettings, EdgeSettings
from edge.uplink.mqtt import new_client, refusal
from edge.uplink.photos import GRANTS_PATH
from edge.vision.decode import decode_photo
from edge.vision.quality import judge
from facings.clock import SystemClock
from facings.errors import FacingsError, UnavailableError
from facings.logins import mqtt_client_id
from facings.replay import read_manifest

WITHIN_S = 10.0


@dataclass(frozen=True)
class Finding:
    """What was checked, whether it works, and what was found or is to be done."""

    what: str
    ok: bool
    text: str


def check_device(settings: EdgeSettings, make_reader: Callable[[], Reader]) -> Iterator[Finding]:
    """Check one device, part by part; nothing is changed and a daemon that runs beside is not disturbed."""
    parts: list[tuple[str, Callable[[], str]]] = [
        ("state_dir", lambda: _state_dir(settings)),
        ("clock", _clock),
        ("vision", lambda: _vision(make_reader)),
    ]
    parts += [(_what(settings, camera), partial(_camera, camera)) for camera in settings.camera]
    if settings.controller.url is not None:
        parts.append(("controller", lambda: _controller(settings)))
    parts.append(("broker", lambda: _broker(settings)))
    if settings.uploads.enabled:
        parts.append(("cloud", lambda: _cloud(settings)))
    for what, look in parts:
        try:
            yield Finding(what, ok=True, text=look())
        except FacingsError as error:
            yield Finding(what, ok=False, text=str(error))


def _state_dir(settings: EdgeSettings) -> str:
    try:
        settings.state_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.state_dir) as file:
            file.write(b"facings")
    except OSError as error:
        raise UnavailableError(f"{settings.state_dir} cannot be written ({error.strerror}): set its owner") from error
    return f"{settings.state_dir} can be written"


def _clock() -> str:
    now = SystemClock().now()
    if not is_set(now):
        raise UnavailableError(f"the clock says {now:%Y-%m-%d}: set it (timedatectl set-ntp true)")
    if system_clock_state().synced:
        return "synchronised"
    return "not synchronised: photos are told with an unsure time; set up NTP (timedatectl set-ntp true)"


def _vision(make_reader: Callable[[], Reader]) -> str:
    make_reader().load()
    return "models are loaded"


def _what(settings: EdgeSettings, camera: CameraSettings) -> str:
    return f"camera {camera.name}" if len(settings.camera) > 1 else "camera"


def _camera(settings: CameraSettings) -> str:
    if settings.kind == "replay":
        assert settings.folder is not None
        return f"{len(read_manifest(settings.folder).entries)} photos to replay"
    photo = decode_photo(HttpCamera(settings).take())
    told = f"took a photo of {photo.width} x {photo.height} pixels"
    quality = judge(photo)
    if quality.verdict == "unusable":
        raise UnavailableError(f"{told}, which is unusable: {'; '.join(quality.reasons)}")
    return told


def _controller(settings: EdgeSettings) -> str:
    controller = ModbusController(settings.controller)
    try:
        reading = controller.read()
    finally:
        controller.close()
    cabinet = "sensor failed" if reading.cabinet_c is None else f"{reading.cabinet_c:.1f} °C"
    door = "open" if reading.door_open else "closed"
    return f"firmware {reading.firmware}: cabinet {cabinet}, door {door}, {reading.door_openings} openings"


def _broker(settings: EdgeSettings) -> str:
    answered = threading.Event()
    answer: list[ReasonCode] = []

    def on_connect(_client: paho.Client, _userdata: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        answer.append(reason)
        answered.set()

    # An id of its own: the broker would end the daemon's session if its id came twice.
    client_id = f"{mqtt_client_id(settings.tenant, settings.device, settings.broker.secret() or '')}-check"
    client = new_client(settings.broker, settings.username, client_id, clean=True)
    client.on_connect = on_connect
    try:
        client.connect(settings.broker.host, settings.broker.port)
    except (OSError, ValueError) as error:
        raise UnavailableError(f"{settings.broker.url} cannot be reached: {error}; check broker.url") from error
    client.loop_start()
    came = answered.wait(WITHIN_S)
    client.disconnect()
    client.loop_stop()
    if not came:
        raise UnavailableError(f"{settings.broker.url} does not answer an MQTT connect: is it a broker?")
    if answer[0].is_failure:
        raise UnavailableError(refusal(answer[0]))
    return f"signed in to {settings.broker.url} as {settings.username}"


def _cloud(settings: EdgeSettings) -> str:
    key = settings.cloud_key
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    # A request that names no photo: the cloud looks at the key first, so its complaint tells whether it knows us.
    try:
        answer = httpx.post(f"{settings.cloud.url}{GRANTS_PATH}", json={}, headers=headers, timeout=WITHIN_S)
    except httpx.HTTPError as error:
        raise UnavailableError(f"{settings.cloud.url} cannot be reached: {error}; check cloud.url") from error
    if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise UnavailableError(f"the cloud does not know this key ({answer.status_code}): check cloud.key")
    if answer.status_code not in (httpx.codes.BAD_REQUEST, httpx.codes.UNPROCESSABLE_ENTITY):
        raise UnavailableError(f"{settings.cloud.url} answers {answer.status_code}: is it the cloud's address?")
    return f"{settings.cloud.url} knows this key"

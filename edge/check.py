"""`facings edge check`: is everything this device needs there, and if not, what is to be done."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
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
from edge.vision.photo import Photo
from edge.vision.quality import judge
from edge.vision.seams import cut_on_both_sides
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
    reader, photos = cache(make_reader), dict[str, Photo]()
    parts: list[tuple[str, Callable[[], str]]] = [
        ("state_dir", lambda: _state_dir(settings)),
        ("clock", _clock),
        ("vision", lambda: _vision(reader())),
    ]
    parts += [(_what(settings, camera), partial(_camera, camera, photos)) for camera in settings.camera]
    if len(settings.camera) > 1:
        parts.append(("cameras together", lambda: _together(settings, reader(), photos)))
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


def _vision(reader: Reader) -> str:
    reader.load()
    return "models are loaded"


def _what(settings: EdgeSettings, camera: CameraSettings) -> str:
    return f"camera {camera.name}" if len(settings.camera) > 1 else "camera"


def _camera(settings: CameraSettings, photos: dict[str, Photo]) -> str:
    """Take a photo, and leave it in `photos` under the camera's name where it can be used."""
    if settings.kind == "replay":
        assert settings.folder is not None
        return f"{len(read_manifest(settings.folder).entries)} photos to replay"
    photo = decode_photo(HttpCamera(settings).take())
    told = f"took a photo of {photo.width} x {photo.height} pixels"
    quality = judge(photo)
    if quality.verdict == "unusable":
        raise UnavailableError(f"{told}, which is unusable: {'; '.join(quality.reasons)}")
    photos[settings.name] = photo
    return told


def _together(settings: EdgeSettings, reader: Reader, photos: Mapping[str, Photo]) -> str:
    """What the cameras see together, and whether it can be told what more than one of them shows."""
    cameras = settings.camera
    if len(photos) < len(cameras):
        raise UnavailableError("not every camera gave a photo: see to those first")
    shows = [camera.shows for camera in cameras]
    reading = reader.read_together([photos[camera.name] for camera in cameras], shows)
    if pair := next(cut_on_both_sides(reading, shows), None):
        one, other = (cameras[view].name for view in pair)
        raise UnavailableError(
            f"{one} and {other} cut through the same products, which count twice: turn one of them, so that both show "
            "a whole shelf or column that they share, or cut through nothing"
        )
    alone = [camera.name for camera, view in zip(cameras, reading.views, strict=True) if not view.linked]
    told = f"{len(reading.products)} products on {reading.rows} shelves"
    return f"{told}; {', '.join(alone)}: no overlap, what they show is added" if alone else f"{told}; they overlap"


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

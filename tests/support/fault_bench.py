"""Runs one fault of the simulated hardware against a real daemon and a real cloud, and says what became of it."""

from __future__ import annotations

import hashlib
import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import numpy.typing as npt

from edge.daemon import Device
from edge.reader import SharedReader
from edge.settings import EdgeSettings
from edge.uplink.glance import glance
from edge.vision.photo import Photo
from edge.vision.quality import judge
from edge.vision.reading import ShelfReading
from facings.clock import Clock, SystemClock
from facings.errors import UnavailableError
from facings.messages import CoolerPart
from firmware_sim.device.camera import SnapshotCamera
from firmware_sim.device.clock import DriftingClock
from firmware_sim.device.computer import Computer
from firmware_sim.device.fault import Fault
from firmware_sim.device.scene import ReplayedScene
from firmware_sim.scenario.faults import begin
from firmware_sim.scenario.model import Scenario
from firmware_sim.scenario.reading import parse_scenario
from firmware_sim.scenario.stage import Stage
from firmware_sim.scenario.steps import Step
from tests.support.cloud import TENANT, RunningCloud
from tests.support.cooler import write_replay

WITHIN_S = 150.0
POLL_S = 0.2
EVERY_TWO_SECONDS = "*/2 * * * * *"
NEVER = "0 0 1 1 *"
ADDRESS = re.compile(r"( to)? \w+://[\d.:]+")
ABSENT = "absent"
ALL = {"from": "1970-01-01T00:00:00Z", "limit": 500}


class GlanceReader:
    """The real quality gate and no detector: a fault test asks whether photos arrive, not what stands on them."""

    models: dict[str, str] = {}  # noqa: RUF012 - the protocol's type
    gallery: str | None = None

    def load(self) -> None:
        """Nothing to load."""

    def read(self, photo: Photo) -> ShelfReading:
        """The photo's quality; an empty shelf."""
        return ShelfReading(photo.width, photo.height, (), (), (), 0, judge(photo), 0.0, {})

    def read_together(self, photos: Sequence[Photo], _shows: Sequence[CoolerPart]) -> ShelfReading:
        """As the first photo alone: no device of a fault test has two cameras."""
        return self.read(photos[0])


@dataclass
class RecordingCamera(SnapshotCamera):
    """Notes the SHA-256 of each picture it gave, and which fault it had."""

    given: list[tuple[str, Fault]] = field(default_factory=list)
    late: set[str] = field(default_factory=set)
    """Pictures of requests that hung: mostly nobody waits for them any more, but who asked last may."""

    def capture(self, shows: CoolerPart = "whole") -> bytes:
        fault = self.fault
        content = super().capture(shows)
        sha = hashlib.sha256(content).hexdigest()
        if fault is Fault.TIMEOUT:
            self.late.add(sha)
        else:
            self.given.append((sha, fault))
        return content

    def whole(self) -> Counter[str]:
        """How often it gave each whole picture."""
        return Counter(sha for sha, fault in list(self.given) if fault is not Fault.TRUNCATED)


@dataclass(frozen=True)
class Event:
    """An event as the cloud has it."""

    kind: str
    reason: str
    detail: dict[str, Any]

    @property
    def is_over(self) -> bool:
        """Whether it ends an alarm."""
        return bool(self.detail.get("over"))


@dataclass(frozen=True)
class Outcome:
    """What became of a fault.

    Attributes:
        done: what was done to the hardware.
        given: whole pictures that the camera gave.
        stored: how many of them the cloud has, once each; `twice` and `strange` are others that it has.
        events: what the daemon told.
        kept: most messages that waited on the device at a time.
        log: what the daemon's log says of its connections from the begin of the fault on, each once.
        recovered_s: from the end of the fault to the first photo taken after it in the cloud, and the alarm's end.
    """

    done: str
    given: int
    stored: int
    twice: int
    strange: int
    events: tuple[Event, ...]
    kept: int
    log: tuple[str, ...]
    recovered_s: float

    def of_kind(self, kind: str) -> list[Event]:
        """The events of one kind."""
        return [event for event in self.events if event.kind == kind]

    @property
    def untaken(self) -> int:
        """How many photos it told of that were not taken."""
        return sum(1 + int(event.detail.get("earlier_untold", 0)) for event in self.of_kind("photo-not-taken"))

    @property
    def given_up(self) -> int:
        """How many photos it told of that were taken and dropped again."""
        return sum(int(event.detail.get("photos", 0)) for event in self.of_kind("outbox-dropped"))

    def alarms(self) -> list[str]:
        """Names of the alarms that began."""
        return [str(event.detail.get("alarm")) for event in self.of_kind("alarm") if not event.is_over]


class LogLines(logging.Handler):
    """What a daemon logs: in this process, or in the file of its own process."""

    def __init__(self, file: Path) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []
        self._file = file

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())

    def of_process(self) -> list[str]:
        """The messages of the log file, of the last start."""
        lines = [line.partition(": ")[2] for line in self._file.read_text().splitlines()]
        starts = [number for number, line in enumerate(lines) if line.startswith("connected")]
        return lines[starts[-1] :] if starts else lines


@dataclass
class FaultRun:
    """One device with its own cooler, network and disk; `step` is the fault in YAML."""

    folder: Path
    cloud: RunningCloud
    photos: Path
    name: str
    step: str
    as_process: bool = False
    camera_timeout_s: float = 10.0
    kept: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self.key = self.cloud.add_device(self.name)
        self.scenario: Scenario = parse_scenario(self._scenario(), self.name)
        self.fault: Step = self.scenario.timeline[0]
        self.clock = DriftingClock()
        self.stage = Stage.of(self.scenario)
        self.camera = RecordingCamera(ReplayedScene(self.photos, 1.0, SystemClock()), port=0)
        self.stage.cameras[self.name] = self.camera
        self._computer = self.stage.computer
        self.stage.computer = None
        if not self.as_process:
            self.stage.clock = self.clock
        self._device: Device | None = None
        self._client = self.cloud.client()
        self._known: dict[str, str] = {}
        self._log = LogLines(self.folder / "edge.log")

    @property
    def state_dir(self) -> Path:
        return self.folder / "disk" / "state"

    @contextmanager
    def running(self) -> Iterator[None]:
        """Hardware and daemon, stopped afterwards whatever happens."""
        self.stage.start()
        logger = logging.getLogger(f"edge.{self.name}")
        logger.addHandler(self._log)
        logger.setLevel(logging.INFO)
        try:
            self._write_settings()
            self._start_daemon()
            yield
        finally:
            logger.removeHandler(self._log)
            self._stop_daemon()
            self.stage.stop()
            self._client.close()

    def begin(self) -> Callable[[], None]:
        """Make the fault happen; what ends it."""
        self.kept = 0
        self._log.lines.clear()
        return begin(self.fault, self.stage, self.scenario.targets(self.fault))

    def events(self) -> list[Event]:
        """What the cloud has been told, oldest first."""
        items = self._items(f"/api/v1/devices/{self.name}/events")
        place = str(self.state_dir)
        return [Event(item["kind"], item["reason"].replace(place, "state_dir"), item["detail"]) for item in items[::-1]]

    def pictures(self) -> Counter[str]:
        """SHA-256 of the picture of each observation in the cloud; `ABSENT` where the picture is not there."""
        photos = [str(item["photo"]) for item in self._items(f"/api/v1/coolers/{self.name}/observations")]
        for photo in photos:
            if photo not in self._known:
                self._fetch(photo)
        return Counter(self._known.get(photo, ABSENT) for photo in photos)

    def _fetch(self, photo: str) -> None:
        with suppress(httpx.HTTPError):
            answer = self._client.get(f"/api/v1/photos/{photo}/content")
            if answer.is_success:  # it never changes
                self._known[photo] = hashlib.sha256(answer.content).hexdigest()

    def observed(self) -> int:
        """How many observations the cloud has."""
        return len(self._items(f"/api/v1/coolers/{self.name}/observations"))

    def waiting(self) -> dict[str, Any]:
        """What waits on the device."""
        with suppress(UnavailableError):
            seen = glance(self.state_dir)
            self.kept = max(self.kept, int(seen["messages"] or 0))
            return seen
        return {}

    def wait(self, what: str, condition: Callable[[], bool]) -> None:
        """Poll until `condition()`; an error tells what was the case."""
        deadline = time.monotonic() + WITHIN_S
        while not condition():
            self.waiting()
            if time.monotonic() > deadline:
                told = [(event.kind, event.reason, event.detail) for event in self.events()]
                raise AssertionError(f"{self.name}: not within {WITHIN_S:g} s: {what}; {told}, {self.waiting()}")
            time.sleep(POLL_S)

    def drain(self) -> None:
        """Start the daemon once more, without a schedule, until everything it has is in the cloud."""
        self._stop_daemon()
        settings = EdgeSettings.read(self.folder / "edge.toml")
        quiet = settings.model_copy(update={"schedule": settings.schedule.model_copy(update={"cron": (NEVER,)})})
        self.wait("the daemon starts", lambda: self._starts(quiet, SystemClock()))
        self.wait("the outbox is empty", self._is_drained)
        self._stop_daemon()

    def outcome(self, recovered_s: float, log: tuple[str, ...]) -> Outcome:
        """Compare what the camera gave with what the cloud has."""
        given, stored = self.camera.whole(), self.pictures()
        return Outcome(
            done=self.fault.MEANS,
            given=given.total(),
            stored=(given & stored).total(),
            twice=sum((stored - given)[sha] for sha in stored if sha in given),
            strange=sum(count for sha, count in stored.items() if sha not in {*given, *self.camera.late, ABSENT}),
            events=tuple(self.events()),
            kept=self.kept,
            log=log,
            recovered_s=recovered_s,
        )

    def connections(self) -> tuple[str, ...]:
        """What the daemon has logged of its peers on the network since the begin of the fault, each once."""
        lines = self._log.of_process() if self.as_process else list(self._log.lines)
        said = (ADDRESS.sub("", line).replace(str(self.state_dir), "state_dir") for line in lines)
        return tuple(dict.fromkeys(line for line in said if line.startswith(("broker", "cloud", "connected"))))

    def _is_drained(self) -> bool:
        seen = self.waiting()
        return bool(seen) and not any(seen[what] for what in ("messages", "photos_unread", "photos_to_upload"))

    def _items(self, path: str) -> list[dict[str, Any]]:
        with suppress(httpx.HTTPError):  # in a restart it is asked again
            answer = self._client.get(path, params=ALL)
            return list(answer.json()["items"]) if answer.is_success else []
        return []

    def _start_daemon(self) -> None:
        if self.as_process:
            assert isinstance(self._computer, Computer)
            self.stage.computer = self._computer
            self._computer.start()
        else:
            settings = EdgeSettings.read(self.folder / "edge.toml")
            self.wait("the daemon starts", lambda: self._starts(settings, self.clock))

    def _starts(self, settings: EdgeSettings, clock: Clock) -> bool:
        """Start it, unless its folder is still locked: by a child process of another run, between fork and exec."""
        device = Device(settings, SharedReader(GlanceReader(), 1), clock)
        try:
            device.start()
        except UnavailableError:
            return False
        self._device = device
        return True

    def _stop_daemon(self) -> None:
        if self._device is not None:
            self._device.stop()
            self._device = None
        if self.as_process and isinstance(self._computer, Computer):
            self._computer.stop()

    def _scenario(self) -> str:
        disk = f'disk: {{folder: "{self.folder / "disk"}"}}\n' if "disk-full" in self.step else ""
        return (
            f'coolers: {{{self.name}: {{camera: {{replay: "{self.photos}"}}, controller: {{}}}}}}\n'
            f'links: {{broker: {{to: "127.0.0.1:{self.cloud.mqtt_port}"}}, '
            f'cloud: {{to: "127.0.0.1:{self.cloud.http_port}"}}}}\n'
            f'broker: {{pid_file: "{self.cloud.data_dir / "broker" / "nats.pid"}"}}\n'
            f'computer: {{config: "{self.folder / "edge.toml"}", log: "{self.folder / "edge.log"}"}}\n'
            f"{disk}timeline: [{{{self.step}}}]\n"
        )

    def _write_settings(self) -> None:
        controller = self.stage.controllers[self.name].address[1]
        broker, cloud = (self.stage.links[name].address[1] for name in ("broker", "cloud"))
        self.state_dir.parent.mkdir(exist_ok=True)
        (self.folder / "edge.toml").write_text(
            f'tenant = "{TENANT}"\ndevice = "{self.name}"\nstate_dir = "{self.state_dir}"\n'
            f'[broker]\nurl = "mqtt://127.0.0.1:{broker}"\npassword = "{self.key}"\n'
            f'[cloud]\nurl = "http://127.0.0.1:{cloud}"\n'
            f'[camera]\nkind = "http"\nurl = "{self.camera.address}/capture"\n'
            f"timeout_s = {self.camera_timeout_s}\nretries = 0\nfrozen_after = 3\n"
            f'[schedule]\ncron = "{EVERY_TWO_SECONDS}"\nspread_s = 0.0\n'
            f'[controller]\nurl = "modbus://127.0.0.1:{controller}"\npoll_s = 0.2\ndoor_stuck_s = 2.0\n'
        )


def one_scene(folder: Path) -> Path:
    """A replay that shows one drawn cooler, 480 x 640, for ever."""
    return write_replay(folder / "photos", [cv2.imencode(".png", drawn_cooler())[1].tobytes()])


def drawn_cooler() -> npt.NDArray[np.uint8]:
    """Four shelves of packs in colours and with letters on them: enough texture to tell where the camera looks."""
    rng = np.random.default_rng(5)
    pixels = np.full((640, 480, 3), 60, np.uint8)
    for top in range(20, 620, 155):
        for left in range(14, 450, 46):
            colour = rng.integers(60, 230, 3).tolist()
            cv2.rectangle(pixels, (left, top + int(rng.integers(0, 20))), (left + 38, top + 125), colour, -1)
            letters = "".join(chr(65 + int(rng.integers(26))) for _ in range(2))
            place = (left + 3, top + int(rng.integers(50, 100)))
            cv2.putText(pixels, letters, place, cv2.FONT_HERSHEY_SIMPLEX, 0.8, (250, 250, 250), 2)
        cv2.rectangle(pixels, (0, top + 128), (480, top + 142), (200, 200, 205), -1)
    return pixels

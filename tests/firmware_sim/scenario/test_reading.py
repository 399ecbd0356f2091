"""Scenario files: what is wrong with one is said with its line, its field and what is known."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from facings.errors import BadInputError
from firmware_sim.cli import app
from firmware_sim.scenario.reading import parse_scenario
from firmware_sim.scenario.steps import KINDS
from firmware_sim.scenario.times import in_words, seconds

HARDWARE = """\
coolers:
  cooler-01:
    camera: {replay: week/coolers/cooler-01}
    controller: {speed: 60}
  cooler-02:
    camera: {replay: week/coolers/cooler-02}
links:
  broker: {to: "127.0.0.1:1883"}
timeline:
  - {fault: frozen-picture, at: 10s, for: 30s, target: cooler-01}
"""
KNOWN = ", ".join(KINDS)

WRONG = {
    "an unknown fault": (
        "fault: frozen-pictures, at: 1m",
        "x, line 11: timeline.1.fault: there is no fault 'frozen-pictures'; did you mean 'frozen-picture'? "
        f"known are {KNOWN}",
    ),
    "a fault like no other": ("fault: meteorite", f"there is no fault 'meteorite'; known are {KNOWN}"),
    "no fault": ("at: 3s", f"line 11: timeline.1.fault: `fault` is missing; known are {KNOWN}"),
    "no duration": ("fault: network-cut, at: soon", "line 11: timeline.1.at: 'soon' is no duration: write it as 500ms"),
    "before the begin": ("fault: network-cut, at: -3s", "line 11: timeline.1.at: Input should be greater than"),
    "of no length": ("fault: network-cut, for: 0s", "line 11: timeline.1.for: Input should be greater than 0"),
    "an unknown cooler": (
        "fault: black-frame, target: cooler-09",
        "line 11: timeline.1.target: there is no cooler with a camera 'cooler-09'; known are cooler-01, cooler-02",
    ),
    "a cooler without a controller": (
        "fault: stuck-door-switch, target: cooler-02",
        "there is no cooler with a controller 'cooler-02'; known are cooler-01",
    ),
    "an unknown link": ("fault: slow-link, target: cloud", "there is no link 'cloud'; known are broker"),
    "which of two coolers": (
        "fault: black-frame, at: 2m",
        "line 11: timeline.1.fault: say with `target` which cooler black-frame is about: cooler-01, cooler-02",
    ),
    "no computer to cut": ("fault: power-cut", "line 11: timeline.1.fault: power-cut needs a section `computer`"),
    "no clock to reset": ("fault: clock-1970", "clock-1970 needs a section `computer`"),
    "no disk to fill": ("fault: disk-full", "disk-full needs a section `disk`"),
    "no broker to kill": ("fault: broker-restart", "broker-restart needs a section `broker`"),
    "two at a time": (
        "fault: black-frame, at: 20s, for: 3s, target: cooler-01",
        "line 11: timeline.1.at: black-frame begins while frozen-picture still lasts on the camera of cooler-01",
    ),
    "a misspelt parameter": ("fault: network-cut, foor: 3s", "line 11: timeline.1.foor: there is no such key here"),
    "an unknown sensor": (
        "fault: sensor-failure, sensor: nose",
        "timeline.1.sensor: Input should be 'cabinet'",
    ),
    "a key twice": ("fault: network-cut, at: 1s, at: 2s", "line 11: 'at' is there twice"),
    "no YAML": ("fault: [", "x, line 11: not YAML"),
}


@pytest.mark.parametrize(("step", "complaint"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_with_its_line(step: str, complaint: str) -> None:
    with pytest.raises(BadInputError) as caught:
        parse_scenario(f"{HARDWARE}  - {{{step}}}\n", "x")
    assert complaint in str(caught.value)


def test_every_mistake_is_told_at_once() -> None:
    steps = "".join(f"  - {{fault: {name}}}\n" for name in ("one", "two", "three"))
    with pytest.raises(BadInputError) as caught:
        parse_scenario(HARDWARE + steps, "x")
    assert [line.partition(":")[0] for line in str(caught.value).splitlines()] == [
        "x, line 11",
        "x, line 12",
        "x, line 13",
    ]


OTHER_FILES = {
    "a list": ("- 1\n", "a scenario is a mapping"),
    "nothing": ("", "a scenario is a mapping"),
    "another version": ("version: 2\n", "line 1: version"),
    "a door that never closes": (
        "coolers:\n  a1:\n    controller:\n      doors: [{at: 1s, for: 10s, every: 5s}]\n",
        "line 4: coolers.a1.controller.doors.0: `every` must be longer",
    ),
    "a camera that looks at nothing": ("coolers: {a1: {camera: {}}}\n", "line 1: coolers.a1.camera: a camera looks at"),
    "shoppers of no world": (
        "coolers: {a1: {camera: {replay: x}, controller: {shoppers: true}}}\n",
        "line 1: coolers.a1: `shoppers` needs a camera with a `world`",
    ),
    "a link to nowhere": ("links: {broker: {to: somewhere}}\n", "line 1: links.broker.to"),
}


@pytest.mark.parametrize(("text", "complaint"), OTHER_FILES.values(), ids=OTHER_FILES)
def test_other_files_that_are_no_scenario(text: str, complaint: str) -> None:
    with pytest.raises(BadInputError) as caught:
        parse_scenario(text, "x")
    assert complaint in str(caught.value)


DURATIONS = {"500ms": 0.5, "10s": 10.0, "1m30s": 90.0, "2h": 7200.0, "-2h": -7200.0, "1.5m": 90.0}


@pytest.mark.parametrize(("text", "length_s"), DURATIONS.items())
def test_durations(text: str, length_s: float) -> None:
    assert seconds(text) == length_s
    assert seconds(in_words(length_s)) == length_s


@pytest.mark.parametrize("example", sorted(Path("firmware_sim/scenario/examples").glob("*.yaml")), ids=lambda p: p.stem)
def test_the_examples_are_scenarios(root: Path, example: Path) -> None:
    done = CliRunner().invoke(app, ["scenario", "check", str(root / example)])
    assert done.exit_code == 0, done.output


def test_the_command_lists_every_fault() -> None:
    printed = CliRunner().invoke(app, ["scenario", "faults"]).output
    assert [line.split()[0] for line in printed.splitlines()] == list(KINDS)

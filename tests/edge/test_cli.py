"""`facings edge`: run, check, outbox, as a technician meets them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

import edge.cli
from edge.check import check_device
from edge.cli import app
from edge.settings import EdgeSettings
from facings.errors import FacingsError, UnavailableError
from tests.support.acking_peer import AckingPeer
from tests.support.broker import Broker
from tests.support.cooler import SquareReader, edge_settings, grainy_photo, square_photo, write_replay
from tests.support.http_peer import Answer, HttpPeer, Request

shipped_chain = edge.cli.vision_chain
REFUSED, KNOWN = Answer(status=401), Answer(status=422)


def cloud(request: Request) -> Answer:
    return KNOWN if request.headers.get("Authorization") == "Bearer right" else REFUSED


def config(folder: Path, broker: str, device: str = "cooler-01", extra: str = "") -> Path:
    file = folder / f"{device}.toml"
    file.write_text(
        f'tenant = "acme"\ndevice = "{device}"\nstate_dir = "{folder / device}"\n'
        f'[broker]\nurl = "{broker}"\n[uploads]\nenabled = false\n'
        f'[camera]\nkind = "replay"\nfolder = "{folder / "photos"}"\nspeed = 1e6\n{extra}'
    )
    return file


@pytest.fixture(autouse=True)
def _squares(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(edge.cli, "vision_chain", lambda _: SquareReader())
    level = logging.getLogger("httpx").level
    yield
    logging.getLogger("httpx").setLevel(level)


def test_several_devices_run_once_and_a_bad_one_stops_no_other(tmp_path: Path) -> None:
    write_replay(tmp_path / "photos", [square_photo(n, n) for n in range(1, 4)])
    with Broker(tmp_path) as broker, AckingPeer(broker.port) as peer:
        good = [config(tmp_path, broker.url, f"cooler-0{number}") for number in range(1, 4)]
        bad = config(tmp_path, broker.url, "cooler-09", extra="corn = 1")
        late = config(tmp_path, broker.url, "cooler-08").with_name("late.toml")
        late.write_text((tmp_path / "cooler-08.toml").read_text().replace(str(tmp_path / "photos"), "/nowhere"))
        result = CliRunner().invoke(app, ["run", "--once", *map(str, [*good, bad, late])])
        assert result.exit_code == 1
        assert len(peer.observations()) == 9
        result = CliRunner().invoke(app, ["run", "--once", *map(str, good)])
        assert result.exit_code == 0
        assert len(peer.observations()) == 9
    shown = CliRunner().invoke(app, ["outbox", "--json", str(good[0])])
    assert json.loads(shown.output)["messages"] == 0
    assert "messages" in CliRunner().invoke(app, ["outbox", str(good[0])]).output


def test_two_devices_may_not_share_a_folder(tmp_path: Path) -> None:
    file = config(tmp_path, "mqtt://127.0.0.1")
    with pytest.raises(FacingsError, match="share one state_dir"):
        CliRunner().invoke(app, ["run", str(file), str(file)], catch_exceptions=False)


def test_an_outbox_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="has the daemon run"):
        CliRunner().invoke(app, ["outbox", str(config(tmp_path, "mqtt://h"))], catch_exceptions=False)


def test_check_says_ok_or_what_to_do(tmp_path: Path) -> None:
    with (
        Broker(tmp_path, users={"acme/cooler-01": "right"}) as broker,
        HttpPeer(lambda _: Answer(body=grainy_photo())) as camera,
        HttpPeer(cloud) as http_cloud,
    ):

        def findings(key: str = "right", **changes: object) -> dict[str, tuple[bool, str]]:
            given = {
                "broker": {"url": broker.url, "password": key},
                "cloud": {"url": http_cloud.url},
                "uploads": {"enabled": True},
                "camera": {"kind": "http", "url": camera.url},
            }
            settings = edge_settings(tmp_path, broker.url, **(given | changes))
            return {found.what: (found.ok, found.text) for found in check_device(settings, SquareReader)}

        assert all(ok for ok, _ in findings().values())
        wrong = findings(key="wrong")
        assert {what for what, (ok, _) in wrong.items() if not ok} == {"broker", "cloud"}
        assert "device key" in wrong["broker"][1]
        camera.respond = lambda _: Answer(body=b"<html>")
        assert "not a JPEG" in findings()["camera"][1]
        camera.respond = lambda request: Answer(body=grainy_photo() if request.path == "/top" else square_photo(0))
        several = [{"name": name, "kind": "http", "url": f"{camera.url}/{name}"} for name in ("top", "bottom")]
        looked = findings(camera=several)
        assert looked["camera top"] == (True, "took a photo of 320 x 240 pixels")
        assert not looked["camera bottom"][0]
        assert "too dark" in looked["camera bottom"][1]
        assert "see to those first" in looked["cameras together"][1]
        camera.respond = lambda _: Answer(body=grainy_photo())
        ok, together = findings(camera=several)["cameras together"]
        assert ok
        assert "top, bottom: no overlap" in together
        gone = findings(
            broker={"url": "mqtt://127.0.0.1:1"},
            cloud={"url": "http://127.0.0.1:1"},
            camera={"kind": "http", "url": "http://127.0.0.1:1"},
            state_dir="/proc/nowhere",
        )
        assert {what for what, (ok, _) in gone.items() if not ok} == {"state_dir", "camera", "broker", "cloud"}
        http_cloud.respond = lambda _: Answer(status=404)
        assert "cloud's address" in findings()["cloud"][1]


def test_check_ends_with_1_where_something_is_to_be_done(tmp_path: Path) -> None:
    write_replay(tmp_path / "photos", [square_photo(1)])
    with Broker(tmp_path) as broker:
        file = config(tmp_path, broker.url)
        result = CliRunner().invoke(app, ["check", str(file)])
        assert (result.exit_code, "1 photos to replay" in result.output) == (0, True)
    assert CliRunner().invoke(app, ["check", str(file)]).exit_code == 1


def test_the_shipped_reader_takes_the_settings() -> None:
    settings = EdgeSettings.model_validate(
        {
            "tenant": "a",
            "device": "b",
            "state_dir": "/s",
            "camera": {"kind": "replay", "folder": "/f"},
            "uploads": {"enabled": False},
        }
    )
    assert shipped_chain(settings.vision).read

"""Settings of the daemon: complete, documented, and a typo is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.settings import EdgeSettings, setting_names
from facings.errors import SettingsError

GOOD = """
tenant = "acme"
device = "cooler-01"
state_dir = "/var/lib/facings"
[broker]
url = "mqtts://broker.example"
password = "fdk_key"
[cloud]
url = "https://cloud.example/"
[camera]
kind = "http"
url = "http://10.0.0.5/snapshot.jpg"
"""


def read(folder: Path, text: str) -> EdgeSettings:
    file = folder / "edge.toml"
    file.write_text(text)
    return EdgeSettings.read(file)


def test_a_short_file_is_enough(tmp_path: Path) -> None:
    settings = read(tmp_path, GOOD)
    assert (settings.broker.host, settings.broker.port, settings.broker.tls) == ("broker.example", 8883, True)
    assert settings.username == "acme/cooler-01"
    assert settings.cloud_key == "fdk_key"
    assert settings.cloud.url == "https://cloud.example"
    assert settings.schedule.cron == ("0 * * * *",)


def test_the_environment_wins_and_a_key_can_lie_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("fdk_from_file\n")
    monkeypatch.setenv("FACINGS_EDGE_BROKER__PASSWORD_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("FACINGS_EDGE_SCHEDULE__CRON", "*/10 * * * *")
    settings = read(tmp_path, GOOD.replace('password = "fdk_key"', ""))
    assert settings.cloud_key == "fdk_from_file"
    assert settings.schedule.cron == ("*/10 * * * *",)


TWO = (
    GOOD.replace("[camera]", '[[camera]]\nshows = "upper"')
    + """
[[camera]]
shows = "lower"
kind = "http"
url = "http://10.0.0.7/snapshot.jpg"
"""
)


def test_one_camera_or_several(tmp_path: Path) -> None:
    (one,), two = read(tmp_path, GOOD).camera, read(tmp_path, TWO).camera
    assert (one.name, one.shows) == ("camera-1", "whole")
    assert [(camera.name, camera.shows) for camera in two] == [("camera-1", "upper"), ("camera-2", "lower")]
    again = EdgeSettings.model_validate_json(read(tmp_path, TWO).model_dump_json())
    assert again.camera == two


def test_the_environment_changes_one_camera_and_none_of_several(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACINGS_EDGE_CAMERA__TIMEOUT_S", "7")
    assert read(tmp_path, GOOD).camera[0].timeout_s == 7
    with pytest.raises(SettingsError, match="several 'camera': change them in the file"):
        read(tmp_path, TWO)


BAD = {
    "unknown key": (GOOD + "[schedule]\ncorn = []", "did you mean 'cron'"),
    "unknown section": (GOOD + "[uplods]\nenabled = false", "did you mean 'uploads'"),
    "cron": (GOOD + '[schedule]\ncron = ["61 * * * *"]', "no cron expression"),
    "cron that never comes": (GOOD + '[schedule]\ncron = ["0 0 31 2 *"]', "no cron expression"),
    "zone": (GOOD + '[schedule]\ntimezone = "Mars/Base"', "no time zone"),
    "broker url": (GOOD.replace("mqtts://", "https://"), "mqtt://HOST:PORT"),
    "broker port": (GOOD.replace("broker.example", "broker.example:port"), "[Pp]ort"),
    "two passwords": (GOOD.replace("[cloud]", 'password_file = "/key"\n[cloud]'), "not both"),
    "camera without url": (GOOD.replace('url = "http://10.0.0.5/snapshot.jpg"', ""), "needs url"),
    "replay without folder": (GOOD.replace('kind = "http"', 'kind = "replay"'), "needs folder"),
    "start without zone": (GOOD + "start_at = 2026-01-01T00:00:00", "timezone"),
    "unknown key of a camera": (GOOD + 'ulr = "http://h"', "no setting 'camera.ulr'; did you mean 'url'"),
    "unknown key of the second": (TWO + 'show = "lower"', "no setting 'camera.2.show'; did you mean 'shows'"),
    "a part that is none": (TWO.replace('"lower"', '"attic"'), "'camera.2.shows'.*'upper'"),
    "two cameras of one name": (TWO + 'name = "camera-1"', "give each .*camera.* a name of its own"),
    "a replay beside a camera": (TWO + '[[camera]]\nkind = "replay"\nfolder = "/f"', "all be of kind 'http'"),
    "no camera": ("camera = []" + GOOD.partition("[camera]")[0], "at least 1 item"),
    "uploads to nowhere": (GOOD.replace('[cloud]\nurl = "https://cloud.example/"', ""), "cloud.url"),
    "device id": (GOOD.replace("cooler-01", "Cooler 1"), "device"),
    "reserved device id": (GOOD.replace("cooler-01", "kpi"), "taken"),
}


@pytest.mark.parametrize(("text", "says"), BAD.values(), ids=BAD)
def test_a_setting_that_does_not_fit_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        read(tmp_path, text)


def test_every_setting_is_in_the_technicians_guide(root: Path) -> None:
    guide = (root / "docs" / "technician.md").read_text()
    assert [name for name in setting_names() if f"| `{name}` |" not in guide] == []

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

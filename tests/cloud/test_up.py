"""`facings up` as it is used: started, killed, started again, and refused with one clear line where it cannot run."""

import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from cloud.cli import app as cli
from cloud.instance import Instance
from cloud.settings import BrokerSettings, CloudSettings, HttpSettings, load_settings
from facings.errors import FacingsError, SettingsError, UnavailableError
from facings.topics import DeviceTopics
from tests.cloud.broker.conftest import Peer
from tests.cloud.broker.test_child import gone
from tests.support.cloud import EMAIL, PASSWORD, TENANT, RunningCloud, wait_until


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    with RunningCloud(tmp_path_factory.mktemp("cloud") / "data") as running:
        yield running


def facings_cloud(*arguments: str | Path) -> str:
    """What `facings cloud` prints, or the error it ends with."""
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, FacingsError):
        raise result.exception
    return str(result.exception or result.stdout)


def refusal(data_dir: Path, http_port: int = 0, mqtt_port: int = 0) -> str:
    """What `facings up` says when it cannot start."""
    broker = BrokerSettings(mqtt_port=mqtt_port, websocket_port=0)
    settings = CloudSettings(data_dir=data_dir, http=HttpSettings(port=http_port), broker=broker)
    with pytest.raises(UnavailableError) as refused:
        Instance(settings).start()
    return str(refused.value)


def test_it_serves_and_says_that_every_part_works(cloud: RunningCloud) -> None:
    with cloud.client() as client:
        parts = dict.fromkeys(("records", "facts", "broker", "disk"), "ok")
        assert client.get("/healthz").json() == {"ok": True, "parts": parts}
        assert "facings_broker_connected 1.0" in client.get("/metrics").text
    assert cloud.endpoints["http"] == cloud.url
    assert cloud.endpoints["mqtt"] == cloud.mqtt_url
    assert (cloud.data_dir / "broker" / "nats.conf").stat().st_mode & 0o077 == 0


def test_a_second_instance_is_refused(cloud: RunningCloud) -> None:
    assert "another instance runs on" in refusal(cloud.data_dir)


def test_taken_ports_are_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert re.search(rf"cannot listen on 127.0.0.1:{port}: .*set http.port", refusal(tmp_path / "a", port))
        assert re.search(rf"127.0.0.1:{port}: .*set broker.mqtt_port", refusal(tmp_path / "b", mqtt_port=port))
    assert not (tmp_path / "b" / "endpoints.json").exists()


def test_a_data_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot write to" in refusal(tmp_path / "file" / "data")


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    file = tmp_path / "cloud.toml"
    file.write_text("[broker]\nmqtt_prot = 1\n")
    command = [sys.executable, "-m", "facings.cli", "up", "--config", str(file)]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 1
    assert refused.stderr.startswith("error ")
    assert "did you mean 'mqtt_port'?" in refused.stderr


def test_a_device_added_by_command_is_admitted_and_a_page_reads(cloud: RunningCloud, tmp_path: Path) -> None:
    options = ("--tenant", TENANT, "--config", cloud.settings_file)
    with cloud.client() as client:
        assert client.put("/api/v1/coolers/corner", json={"outlet_id": "kiosk", "name": "Corner"}).status_code == 201
        added = ("device", "add", "corner-1", "--cooler", "corner", *options)
        assert "facings edge run" in facings_cloud(*added, "--out", tmp_path / "e.toml")
        settings = tomllib.loads((tmp_path / "e.toml").read_text())
        assert settings["broker"]["url"] == cloud.mqtt_url
        assert settings["cloud"]["url"] == cloud.url
        with Peer(cloud.mqtt_port, f"{TENANT}/corner-1", settings["broker"]["password"]) as device:
            wait_until(lambda: device.admitted, 10, "the device is admitted")
            device.publish(DeviceTopics(TENANT, "corner-1").event, b"no JSON")
            wait_until(lambda: "no JSON" in quarantine(cloud), 10, "the message is in the quarantine")
        assert client.get("/api/v1/devices/corner-1").json()["cooler"] == "corner"
        assert "there is a device 'corner-1' already: revoke it first" in facings_cloud(*added)


def quarantine(cloud: RunningCloud) -> str:
    """The first message in it."""
    config = ("--config", cloud.settings_file)
    assert "there is no message 999" in facings_cloud("quarantine", "show", "999", *config)
    numbers = re.findall(r"│\s*(\d+)\s*│", facings_cloud("quarantine", "list", *config))
    return facings_cloud("quarantine", "show", numbers[0], *config) if numbers else ""


def test_tenants_users_and_keys_by_command(cloud: RunningCloud) -> None:
    config = ("--config", cloud.settings_file)
    assert facings_cloud("tenant", "add", "bravo", *config) == "added tenant bravo\n"
    assert "there is a tenant 'bravo' already" in facings_cloud("tenant", "add", "bravo", *config)
    user = ("user", "add", "ann@bravo.example", "--tenant", "bravo", "--password", PASSWORD, *config)
    assert facings_cloud(*user) == "added ann@bravo.example to bravo as viewer\n"
    assert "in use" in facings_cloud(*user)
    key = facings_cloud("key", "add", "till", "--tenant", "bravo", "--role", "manager", *config).strip()
    with cloud.client(key) as client:
        assert client.get("/api/v1/session").json()["tenant"] == "bravo"
        assert client.get("/api/v1/coolers").json()["items"] == []
    assert "no tenant 'nobody'" in facings_cloud("key", "add", "x", "--tenant", "nobody", *config)
    assert "role 'boss'" in facings_cloud("key", "add", "x", "--tenant", "bravo", "--role", "boss", *config)
    assert '"username": "page/bravo"' in facings_cloud("logins", *config)


def test_killed_it_takes_its_broker_along_and_serves_again(cloud: RunningCloud) -> None:
    broker = cloud.broker_pid()
    cloud.kill9()
    wait_until(lambda: gone(broker), 10, "the broker goes with its parent")
    cloud.restart()
    with cloud.client() as client:
        assert client.get("/healthz").json()["ok"]
        assert client.post("/api/v1/session", json={"email": EMAIL, "password": PASSWORD}).status_code == 204


def test_a_killed_broker_is_told_by_healthz_and_comes_back(cloud: RunningCloud) -> None:
    with cloud.client() as client:
        before = cloud.broker_pid()
        cloud.kill9_broker()
        answer = wait_until(lambda: (r := client.get("/healthz")).status_code == 503 and r, 10, "503")
        assert "no connection to the broker" in answer.json()["parts"]["broker"]
        wait_until(lambda: client.get("/healthz").status_code == 200, 20, "the broker is back")
        assert cloud.broker_pid() != before


def test_asked_to_stop_it_stops_all_of_it(cloud: RunningCloud) -> None:
    broker = cloud.broker_pid()
    assert cloud.stop() == 0
    assert gone(broker)
    assert not (cloud.data_dir / "endpoints.json").exists()
    cloud.restart()


def test_the_first_start_makes_a_sign_in(tmp_path: Path) -> None:
    broker = BrokerSettings(mqtt_port=0, websocket_port=0)
    instance = Instance(CloudSettings(data_dir=tmp_path / "first", http=HttpSettings(port=0), broker=broker))
    instance.start()
    try:
        found = re.fullmatch(r"Sign in as (\S+), password (\S+)  \(kept in (\S+)\)", *instance.sign_in_hint)
        assert found
        assert Path(found[3]).stat().st_mode & 0o077 == 0
        credentials = {"email": found[1], "password": found[2]}
        assert httpx.post(f"{instance.url}/api/v1/session", json=credentials).status_code == 204
    finally:
        instance.stop()


def test_production_starts_only_with_its_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FACINGS_CLOUD_ENVIRONMENT", "production")
    with pytest.raises(SettingsError, match="production needs FACINGS_CLOUD_SECRET"):
        load_settings(None, tmp_path)
    monkeypatch.setenv("FACINGS_CLOUD_SECRET", "short")
    with pytest.raises(SettingsError, match="at least 32 characters"):
        load_settings(None, tmp_path)
    monkeypatch.setenv("FACINGS_CLOUD_SECRET", "x" * 32)
    assert load_settings(None, tmp_path, port=0).http.port == 0

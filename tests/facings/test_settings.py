"""Settings: file, then environment, then overrides; a typo is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from facings.errors import SettingsError
from facings.settings import Settings


class Broker(BaseModel):
    model_config = ConfigDict(extra="forbid")
    port: int = 1883


class Probe(Settings):
    device: str = "none"
    broker: Broker = Broker()


def _load(tmp_path: Path, text: str, **overrides: object) -> Probe:
    file = tmp_path / "probe.toml"
    file.write_text(text)
    return Probe.load(file, env_prefix="PROBE", overrides=overrides)


def test_the_environment_wins_over_the_file_and_an_option_over_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROBE_BROKER__PORT", "1999")
    assert _load(tmp_path, 'device = "a"\n[broker]\nport = 1').broker.port == 1999
    assert _load(tmp_path, 'device = "a"', device="b", ignored=None).device == "b"


REFUSED = {
    "a typo": ('devise = "a"', "no setting 'devise'; did you mean 'device'"),
    "a typo in a section": ("[broker]\nprot = 1", "no setting 'broker.prot'; did you mean 'port'"),
    "a wrong value": ('[broker]\nport = "x"', "setting 'broker.port'"),
    "no toml": ("device = ", "is not TOML"),
}


@pytest.mark.parametrize(("text", "words"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_file_says_where(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        _load(tmp_path, text)


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no settings file .*absent\.toml"):
        Probe.load(tmp_path / "absent.toml", env_prefix="PROBE")


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: Is a directory"):
        Probe.load(tmp_path, env_prefix="PROBE")

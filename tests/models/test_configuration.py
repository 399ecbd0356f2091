"""Configuration files and checkpoints that are none are told in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from facings.errors import BadInputError, SettingsError
from models.configuration import read_configuration


class _Steps(BaseModel):
    model_config = ConfigDict(extra="forbid")

    steps: int


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(None, "cannot be read", id="not there"),
        pytest.param("steps =", "no TOML", id="no TOML"),
        pytest.param("steps = 'many'", "steps: ", id="wrong"),
        pytest.param("steps = 1\nsteep = 2", "steep: ", id="unknown"),
    ],
)
def test_a_wrong_configuration_is_told(tmp_path: Path, text: str | None, words: str) -> None:
    file = tmp_path / "run.toml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(SettingsError, match=words):
        read_configuration(file, _Steps)


def test_a_right_one_is_read(tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text("steps = 3")
    assert read_configuration(tmp_path / "run.toml", _Steps).steps == 3


@pytest.mark.training
@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(None, "train first", id="not there"),
        pytest.param(b"", "no checkpoint", id="empty"),
        pytest.param(b"steps = 3\n", "no checkpoint", id="text"),
        pytest.param({"weights": 1}, "such a model", id="another model's"),
    ],
)
def test_a_checkpoint_that_is_none_is_told(tmp_path: Path, content: bytes | dict[str, int] | None, words: str) -> None:
    import torch

    from models.checkpoints import read_checkpoint

    file = tmp_path / "model.pt"
    if isinstance(content, bytes):
        file.write_bytes(content)
    elif content is not None:
        torch.save(content, file)
    with pytest.raises(BadInputError, match=words):
        read_checkpoint(file, "config", "weights")

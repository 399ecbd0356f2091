"""`facings models train | export | quantise` know a model by its configuration file."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from facings.errors import SettingsError
from models.cli import app
from models.commands import task_of


@pytest.mark.parametrize(
    ("config", "task"), [("models/configs/product-detector.toml", "detect"), ("models/embedder/config.toml", "embed")]
)
def test_a_shipped_configuration_tells_its_task(root: Path, config: str, task: str) -> None:
    assert task_of(root / config) == task


@pytest.mark.parametrize(
    ("text", "words"), [(None, "cannot be read"), ("steps =", "no TOML"), ("steps = 1", "neither a detector's")]
)
def test_any_other_file_is_refused(tmp_path: Path, text: str | None, words: str) -> None:
    file = tmp_path / "run.toml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(SettingsError, match=words):
        task_of(file)


def test_the_commands_of_a_model_are_one_word_each() -> None:
    told = CliRunner().invoke(app, ["--help"]).output
    for word in ("train", "eval", "export", "quantise", "card", "golden", "onboard"):
        assert f" {word} " in told

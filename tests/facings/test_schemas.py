"""Published schemas do not change: a change is a new version."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

import facings.schema
from facings.messages import MESSAGES, Message
from tests.support.messages import observation


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.SCHEMA)
def test_the_published_schema_is_what_the_code_speaks(message: type[Message], root: Path) -> None:
    published = root / "docs" / "schemas" / facings.schema.file_name(message)
    assert published.exists(), f"publish {message.SCHEMA}: make schemas"
    assert published.read_text() == facings.schema.schema_text(message), (
        f"{message.SCHEMA} is published: give the changed message a new version instead"
    )


def test_an_observation_fits_its_published_schema(root: Path) -> None:
    import json

    schema = json.loads((root / "docs/schemas/observation-5.json").read_text())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(observation(counts={"cola-330": 2, None: 1}).to_wire()))


class Before(Message):
    """A message, published."""

    SCHEMA: ClassVar[str] = "facings/probe/1"
    count: int


class After(Message):
    """The same message, changed without a new version."""

    SCHEMA: ClassVar[str] = "facings/probe/1"
    count: float


def test_a_change_without_a_new_version_cannot_be_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facings.schema, "MESSAGES", (Before,))
    assert CliRunner().invoke(facings.schema.app, ["export", str(tmp_path)]).exit_code == 0
    first = (tmp_path / "probe-1.json").read_text()

    monkeypatch.setattr(facings.schema, "MESSAGES", (After,))
    refused = CliRunner().invoke(facings.schema.app, ["export", str(tmp_path)])
    assert "facings/probe/1; raise the version number" in str(refused.exception)
    assert (tmp_path / "probe-1.json").read_text() == first

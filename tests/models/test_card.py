"""`facings models card`: what a card says of sources and figures is what the manifest says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from edge.vision.manifest import read_manifest
from edge.vision.zoo import zoo_folder
from facings.errors import BadInputError
from models.card import renew
from models.cli import app

MARKED = """# a model

<!-- manifest: sources -->
<!-- end -->

Prose.

<!-- manifest: figures -->
of an earlier day
<!-- end -->
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    shutil.copy(zoo_folder() / "product-detector" / "manifest.json", tmp_path)
    (tmp_path / "card.md").write_text(MARKED)
    return tmp_path


def test_marked_parts_are_renewed_and_prose_stays(model: Path) -> None:
    result = CliRunner().invoke(app, ["card", str(model)])
    assert result.exit_code == 0, result.output
    text, manifest = (model / "card.md").read_text(), read_manifest(model)
    assert "of an earlier day" not in text
    assert "\nProse.\n" in text
    for source in manifest.sources:
        assert source.name in text
    for metric in manifest.metrics:
        assert f"{metric.value:.3f}".removesuffix(".000") in text
        assert metric.command in text
    assert renew(text, manifest) == text


def test_a_card_out_of_date_fails_the_check_and_stays(model: Path) -> None:
    result = CliRunner().invoke(app, ["card", str(model), "--check"])
    assert isinstance(result.exception, BadInputError)
    assert (model / "card.md").read_text() == MARKED


@pytest.mark.parametrize("text", ["# no marks\n", "<!-- manifest: weather -->\n<!-- end -->\n"])
def test_marks_must_be_there_and_known(model: Path, text: str) -> None:
    with pytest.raises(BadInputError, match="mark where its parts go"):
        renew(text, read_manifest(model))


def test_the_shipped_detectors_card_says_what_its_manifest_says() -> None:
    folder = zoo_folder() / "product-detector"
    text = (folder / "card.md").read_text()
    assert renew(text, read_manifest(folder)) == text

"""`facings models golden`: the picture that travels with a model, and its outputs for it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from edge.vision.zoo import load_session, zoo_folder
from facings.errors import BadInputError
from models.cli import app
from models.golden import write_golden


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return Path(shutil.copytree(zoo_folder() / "product-detector", tmp_path / "product-detector"))


def test_renewing_changes_nothing_where_the_model_is_the_same(model: Path) -> None:
    before = (model / "golden.jpg").read_bytes()
    result = CliRunner().invoke(app, ["golden", str(model)])
    assert result.exit_code == 0, result.output
    assert (model / "golden.jpg").read_bytes() == before
    load_session(model)


def test_another_picture_is_brought_to_a_size_that_the_model_takes(model: Path) -> None:
    seen = cv2.imread(str(model / "golden.jpg"))
    picture = model / "large.png"
    cv2.imwrite(str(picture), cv2.resize(seen, None, fx=2.3, fy=2.3))
    result = CliRunner().invoke(app, ["golden", str(model), "--picture", str(picture)])
    assert result.exit_code == 0, result.output
    made = cv2.imread(str(model / "golden.jpg"))
    assert max(made.shape) <= 320
    assert not any(side % 32 for side in made.shape[:2])


def test_a_detector_of_a_high_threshold_has_a_golden_picture_all_the_same(model: Path) -> None:
    manifest = json.loads((model / "manifest.json").read_text())
    manifest["detector"]["score_threshold"] = 0.99
    (model / "manifest.json").write_text(json.dumps(manifest))
    result = CliRunner().invoke(app, ["golden", str(model)])
    assert result.exit_code == 0, result.output


def test_a_detector_wants_a_picture_with_products(model: Path) -> None:
    before = (model / "golden.json").read_text()
    with pytest.raises(BadInputError, match="finds nothing"):
        write_golden(model, np.full((256, 256, 3), 180, np.uint8))
    assert json.loads((model / "golden.json").read_text()) == json.loads(before)

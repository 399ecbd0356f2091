"""Figures go into a model's manifest, also from evaluations that end at once."""

from __future__ import annotations

import multiprocessing
import shutil
from concurrent.futures import ThreadPoolExecutor, wait
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from edge.vision.manifest import read_manifest
from edge.vision.zoo import zoo_folder
from facings.errors import UnavailableError
from models.evaluation.record import RECORDED, record_figures
from models.turns import alone_in

FIGURES = dict.fromkeys(RECORDED, 0.5)
ROUNDS = 10


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The manifest of a detector without figures; it is all that recording reads."""
    manifest = read_manifest(zoo_folder() / "product-detector")
    manifest.model_copy(update={"metrics": ()}).save(tmp_path)
    return tmp_path


def photos_of(model: Path) -> set[str]:
    return {metric.photos for metric in read_manifest(model).metrics}


def test_figures_take_the_place_of_earlier_ones_of_the_same_photos(model: Path) -> None:
    for value, photos in ((0.1, "shelves"), (0.2, "coolers"), (0.3, "shelves")):
        record_figures(FIGURES | {"ap50": value}, photos, f"facings models eval --record {photos}", model)
    found = {metric.photos: metric.value for metric in read_manifest(model).metrics if metric.name == "ap50"}
    assert found == {"shelves": 0.3, "coolers": 0.2}
    assert {metric.name for metric in read_manifest(model).metrics} == set(RECORDED)


def test_two_that_write_at_once_lose_nothing(model: Path) -> None:
    """Two processes, as two evaluations are."""
    fork = multiprocessing.get_context("fork")
    start = fork.Barrier(2)
    writers = [fork.Process(target=_write, args=(writer, model, start), daemon=True) for writer in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=60)
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert photos_of(model) == {f"{writer}-{number}" for writer in "ab" for number in range(ROUNDS)}
    assert [path.name for path in model.iterdir()] == ["manifest.json"]


def _write(writer: str, model: Path, start: Barrier) -> None:
    for number in range(ROUNDS):
        start.wait(timeout=30)
        record_figures(FIGURES, f"{writer}-{number}", "facings models eval", model)


def test_who_changes_the_manifest_otherwise_is_waited_for(model: Path) -> None:
    with ThreadPoolExecutor(1) as other:
        with alone_in(model):
            manifest = read_manifest(model)
            recording = other.submit(record_figures, FIGURES, "shelves", "facings models eval", model)
            assert not wait([recording], timeout=0.2).done
            manifest.model_copy(update={"version": "renewed"}).save(model)
        recording.result(timeout=30)
    assert read_manifest(model).version == "renewed"
    assert photos_of(model) == {"shelves"}


def test_a_model_that_is_not_there_is_told(model: Path) -> None:
    shutil.rmtree(model)
    with pytest.raises(UnavailableError, match="No model in"):
        record_figures(FIGURES, "shelves", "facings models eval", model)

"""Golden parity: a model that sees its golden picture otherwise than where it was exported is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from edge.vision.golden import check_golden
from edge.vision.zoo import LoadedModel, load_session, zoo_folder
from facings.errors import BadInputError

Array = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]
MODELS = ("product-detector", "sku-embedder", "price-reader")


@pytest.fixture(scope="module")
def loaded() -> dict[str, LoadedModel]:
    return {name: load_session(zoo_folder() / name) for name in MODELS}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The detector's golden files, apart from the zoo."""
    for name in ("golden.json", "golden.jpg"):
        shutil.copy(zoo_folder() / "product-detector" / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", MODELS)
def test_a_shipped_model_carries_a_small_picture_and_what_it_sees_in_it(name: str) -> None:
    assert (zoo_folder() / name / "golden.json").exists()
    assert (zoo_folder() / name / "golden.jpg").stat().st_size < 60_000


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("change", [{"colour": "BGR"}, {"mean": (0, 0, 0)}, {"scale": (255, 255, 255)}])
def test_a_wrong_way_in_is_noticed(loaded: dict[str, LoadedModel], name: str, change: dict[str, object]) -> None:
    model = loaded[name]
    wrong = model.manifest.model_copy(update={"input": model.manifest.input.model_copy(update=change)})
    with pytest.raises(BadInputError, match="golden picture"):
        check_golden(zoo_folder() / name, wrong, replace(model, manifest=wrong).see)


def halved(outputs: list[Array]) -> list[Array]:
    return [output / 2 for output in outputs]


def not_numbers(outputs: list[Array]) -> list[Array]:
    return [outputs[0], outputs[1] * np.float32("nan")]


def one_missing(outputs: list[Array]) -> list[Array]:
    return outputs[:1]


def cut_short(outputs: list[Array]) -> list[Array]:
    return [output[:, :4] for output in outputs]


@pytest.mark.parametrize("broken", [halved, not_numbers, one_missing, cut_short])
def test_a_broken_runtime_is_noticed(
    loaded: dict[str, LoadedModel], folder: Path, broken: Callable[[list[Array]], list[Array]]
) -> None:
    model = loaded["product-detector"]
    manifest = model.manifest.model_copy(update={"version": broken.__name__})
    with pytest.raises(BadInputError, match="golden picture"):
        check_golden(folder, manifest, lambda images: broken(model.see(images)))


def test_what_agreed_is_not_asked_again(loaded: dict[str, LoadedModel], folder: Path) -> None:
    model = loaded["product-detector"]
    manifest = model.manifest.model_copy(update={"version": "asked once"})
    asked = []

    def see(images: Sequence[Pixels]) -> list[Array]:
        asked.append(images[0].shape)
        return model.see(images)

    check_golden(folder, manifest, see)
    check_golden(folder, manifest, see)
    assert len(asked) == 1
    check_golden(folder, manifest.model_copy(update={"sha256": "0" * 64}), see)
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("golden.json", b"{", "no golden file"),
        ("golden.json", json.dumps({"sha256": "0", "outputs": []}).encode(), "outputs"),
        ("golden.jpg", None, "cannot be read"),
        ("golden.jpg", b"another picture", "not the picture"),
    ],
    ids=["no json", "no outputs", "no picture", "another picture"],
)
def test_damaged_golden_files_are_refused(
    loaded: dict[str, LoadedModel], folder: Path, file: str, content: bytes | None, words: str
) -> None:
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(content)
    model = loaded["product-detector"]
    manifest = model.manifest.model_copy(update={"version": words})
    with pytest.raises(BadInputError, match=words):
        check_golden(folder, manifest, model.see)


def test_a_model_without_golden_files_is_taken_at_its_word(loaded: dict[str, LoadedModel], tmp_path: Path) -> None:
    check_golden(tmp_path, loaded["product-detector"].manifest, lambda images: [])

"""Training on from a detector of the zoo, and a customer's own detector made so; in the training environment."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from edge.vision.manifest import DetectorManifest
from edge.vision.zoo import LoadedModel, load_session, zoo_folder
from facings.errors import BadInputError, UnavailableError
from models.detector.average import average
from models.detector.exported import exported_classes, exported_detector
from models.detector.train import load_detector
from models.evaluation.truth import NamedPhoto
from models.onboarding.adapt import Training, adapted
from models.onboarding.own_detector import own_detector
from tests.support.drawn_shelf import shelf_photo

pytestmark = pytest.mark.training

SHIPPED = zoo_folder() / "product-detector"


@pytest.fixture(scope="module")
def shipped() -> LoadedModel:
    return load_session(SHIPPED)


@pytest.fixture
def photos(tmp_path: Path) -> list[NamedPhoto]:
    drawn = [shelf_photo(tmp_path / f"{number}.png", number) for number in range(3)]
    return [NamedPhoto(photo.path, photo.boxes, ("cola",) * len(photo.boxes), photo.ignored) for photo in drawn]


def test_what_was_exported_sees_alike_once_it_is_read_back(shipped: LoadedModel) -> None:
    image = np.random.default_rng(1).normal(0, 0.5, (1, 3, 96, 64)).astype(np.float32)
    boxes, scores = shipped.run(image)
    with torch.no_grad():
        logits, own_boxes = exported_detector(SHIPPED / shipped.manifest.file).eval()(torch.from_numpy(image))
    assert np.allclose(logits.sigmoid().numpy(), scores, atol=2e-3)
    assert np.allclose(own_boxes.numpy(), boxes, atol=0.5)


def test_norms_that_are_kept_do_not_follow_the_images() -> None:
    detector = exported_detector(SHIPPED / "product-detector.onnx")
    detector.keeps_norms = True
    before = {name: value.clone() for name, value in detector.named_buffers()}
    detector.train()(torch.ones(2, 3, 64, 64))
    assert all(torch.equal(value, before[name]) for name, value in detector.named_buffers())


def test_a_file_that_is_no_detector_of_ours_is_refused(shipped: LoadedModel, tmp_path: Path) -> None:
    embedder = zoo_folder() / "sku-embedder" / "sku-embedder.onnx"
    with pytest.raises(BadInputError, match="holds no detector"):
        exported_classes(embedder)
    model = tmp_path / shipped.manifest.file
    model.write_bytes((SHIPPED / shipped.manifest.file).read_bytes())
    with pytest.raises(UnavailableError):
        exported_detector(model)
    assert isinstance(shipped.manifest, DetectorManifest)
    of_one_class = shipped.manifest.detector.model_copy(update={"classes": ("product",)})
    shipped.manifest.model_copy(update={"detector": of_one_class}).save(tmp_path)
    with pytest.raises(BadInputError, match="built unlike"):
        exported_detector(model)


def test_a_detector_learns_from_a_customers_photos(
    photos: list[NamedPhoto], shipped: LoadedModel, tmp_path: Path
) -> None:
    made = adapted(photos, shipped, Training(steps=1, threads=1), tmp_path / "work")
    assert isinstance(made.manifest, DetectorManifest)
    assert made.folder == tmp_path / "work" / "product-detector"
    assert made.manifest.sha256 != shipped.manifest.sha256
    assert made.manifest.sources[-1].role == "the last steps of the training"
    assert [spec.name for spec in shipped.manifest.sources] == [spec.name for spec in made.manifest.sources[:-1]]


def test_a_detector_that_serves_no_better_is_not_kept(
    photos: list[NamedPhoto], shipped: LoadedModel, tmp_path: Path
) -> None:
    own = own_detector(photos, [0, 1], shipped, Training(steps=1, threads=1), tmp_path)
    assert own.final is None and own.trial is None and own.copy is None
    told = own.told()["own_detector"]
    assert not told["keep"] and [gain["figure"] for gain in told["gains"]] == ["ap50", "count_error"]
    assert own_detector(photos, [0], shipped, None, tmp_path).told() == {}


def test_an_exported_detector_stands_for_a_checkpoint_in_an_average(tmp_path: Path) -> None:
    exported = SHIPPED / "product-detector.onnx"
    weights = exported_detector(exported).state_dict()
    name = "smooth.0.0.weight"
    moved = {key: value + 1 if key == name else value for key, value in weights.items()}
    known = {"channels": len(weights["lateral.0.weight"]), "classes": list(exported_classes(exported))}
    torch.save(known | {"average": moved}, tmp_path / "on.pt")
    average([exported, tmp_path / "on.pt"], tmp_path / "mean.pt")
    assert torch.allclose(load_detector(tmp_path / "mean.pt").state_dict()[name], weights[name] + 0.5)

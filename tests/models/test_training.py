"""Training, export and comparison of detectors, on photos drawn here; in the training environment."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from pydantic import ValidationError

from edge.vision.detect import detect
from edge.vision.detections import Detections
from edge.vision.zoo import load_session
from facings.errors import BadInputError, SettingsError
from models.curves import averaged, read_log
from models.detector.augment import Sampler, Source
from models.detector.average import average
from models.detector.config import DetectorConfig, read_config
from models.detector.export import export_onnx, write_manifest
from models.detector.loss import Truth, assign, detection_loss, generalised_iou
from models.detector.network import ProductDetector, cell_centres, grown, pretrained_detector
from models.detector.photoset import ClassLabels, LabelledPhoto, as_boxes, write_photoset
from models.detector.train import load_detector
from models.detector.trainer import trainer_for
from models.embedder.backbone import imagenet_backbone
from models.evaluation.finding import product_precision
from tests.support.drawn_shelf import shelf_photo
from tests.support.judging import judged

pytestmark = pytest.mark.training

RELEASE: dict[str, Any] = {
    "version": "test",
    "detector": {"classes": ["product"], "score_threshold": 0.3, "nms_iou": 0.5, "long_side": 128},
    "learned_from": [],
}


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)


@pytest.fixture
def photos(tmp_path: Path) -> list[LabelledPhoto]:
    return [shelf_photo(tmp_path / f"{number}.png", number) for number in range(4)]


def config(tmp_path: Path, photos: list[LabelledPhoto], **changes: Any) -> DetectorConfig:
    write_photoset(tmp_path / "photos.jsonl", photos)
    settings = {
        "out": tmp_path / "run",
        "sources": [{"photos": tmp_path / "photos.jsonl", "weight": 1}],
        "release": RELEASE,
        "steps": 2,
        "batch": 2,
        "side": 128,
        "product_sides": (24, 32),
        "save_every": 1,
    }
    return DetectorConfig.model_validate(settings | changes)


def test_folding_the_norms_changes_nothing() -> None:
    images = torch.randn(1, 3, 96, 64)
    backbone = imagenet_backbone()
    with torch.no_grad():
        expected = torch.nn.functional.relu6(backbone._bn0(backbone._conv_stem(images)))
        for block in backbone._blocks:
            expected = block(expected)
        taps: list[Any] = []
        detector = ProductDetector(backbone=backbone).eval()
        detector._through(torch.nn.functional.relu6(detector.stem(images)), 0, len(detector.blocks), taps)
    assert torch.allclose(taps[-1], expected, atol=1e-3)


def test_boxes_come_in_the_order_of_the_cells() -> None:
    logits, boxes = ProductDetector().eval()(torch.zeros(2, 3, 64, 96))
    centres, strides = cell_centres(64, 96)
    assert logits.shape == (2, len(centres), 1)
    assert boxes.shape == (2, len(centres), 4)
    inside = (boxes[0, :, :2] < centres) & (centres < boxes[0, :, 2:])
    assert inside.all()
    assert strides.unique().tolist() == [8, 16, 32]


NOWHERE: list[list[float]] = []
EVERYWHERE = [[0.0, 0.0, 64.0, 64.0]]


def truth(
    boxes: list[list[float]], classes: list[int], ignored: list[list[float]], ignored_classes: list[int]
) -> Truth:
    return Truth(
        torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4),
        torch.tensor(classes, dtype=torch.int64),
        torch.tensor(ignored, dtype=torch.float32).reshape(-1, 4),
        torch.tensor(ignored_classes, dtype=torch.int64),
    )


def test_a_product_goes_to_cells_inside_of_it_whose_boxes_fit() -> None:
    centres = torch.tensor([[5.0, 5.0], [15.0, 5.0], [50.0, 50.0]])
    product = [0.0, 0.0, 10.0, 10.0]
    boxes = torch.tensor([product]).expand(3, 4).clone()
    answers, quality = assign(torch.zeros(3, 1), boxes, centres, truth([product], [0], NOWHERE, []))
    assert answers.tolist() == [0, -1, -1]
    assert quality.tolist() == pytest.approx([1.0, 0.0, 0.0])


@pytest.mark.parametrize(
    ("ignored_classes", "taught"),
    [([], {0, 1}), ([0], {1}), ([1], {0}), ([0, 1], set())],
    ids=["all", "gaps only", "products only", "nothing"],
)
def test_ignored_regions_teach_nothing_of_their_class(ignored_classes: list[int], taught: set[int]) -> None:
    centres, _ = cell_centres(64, 64)
    logits = torch.zeros(1, len(centres), 2, requires_grad=True)
    labels = truth(NOWHERE, [], EVERYWHERE * len(ignored_classes), ignored_classes)
    detection_loss(logits, torch.zeros(1, len(centres), 4), centres, [labels])[0].backward()
    assert {c for c in range(2) if logits.grad[0, :, c].any()} == taught


def test_a_label_teaches_its_own_class() -> None:
    centres, _ = cell_centres(64, 64)
    box = [16.0, 16.0, 48.0, 48.0]
    logits = torch.zeros(1, len(centres), 2, requires_grad=True)
    boxes = torch.tensor([box]).expand(1, len(centres), 4)
    detection_loss(logits, boxes, centres, [truth([box], [1], NOWHERE, [])])[0].backward()
    pushed = logits.grad[0].amin(0)  # only a target above the score pushes it up
    assert pushed[0] >= 0 > pushed[1]


def test_an_older_detector_lends_its_classes_to_one_with_more() -> None:
    one, two = ProductDetector().eval(), ProductDetector(classes=2).eval()
    two.load_state_dict(grown(one.state_dict(), two))
    images = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        (old, old_boxes), (new, new_boxes) = one(images), two(images)
    assert torch.allclose(new[:, :, 0], old[:, :, 0], atol=1e-5)
    assert torch.allclose(new_boxes, old_boxes, atol=1e-4)


@pytest.mark.parametrize(
    ("second", "expected"),
    [([0, 0, 10, 10], 1.0), ([5, 0, 15, 10], 1 / 3), ([10, 0, 20, 10], 0.0), ([20, 0, 30, 10], -1 / 3)],
    ids=["same", "half", "touching", "apart"],
)
def test_generalised_iou(second: list[float], expected: float) -> None:
    first = torch.tensor([[0.0, 0.0, 10.0, 10.0]])
    assert generalised_iou(first, torch.tensor([second], dtype=torch.float32)).item() == pytest.approx(expected)


def test_drawn_images_keep_boxes_on_their_products(photos: list[LabelledPhoto]) -> None:
    sampler = Sampler([Source("shelf", photos, 1, -0.2, 0.2)], 128, (20, 30), (0.5, 0.5), np.random.default_rng(3))
    for _ in range(10):
        drawn = sampler.draw()
        assert drawn.image.shape == (128, 128, 3)
        assert drawn.image.dtype == np.uint8
        assert np.all((drawn.boxes >= 0) & (drawn.boxes <= 128))
        assert np.all(drawn.boxes[:, 2:] > drawn.boxes[:, :2])
        assert not drawn.classes.any()


def test_classes_that_a_photo_does_not_label_are_ignored_in_it(photos: list[LabelledPhoto]) -> None:
    gaps = ClassLabels(photos[0].boxes + 4, as_boxes([]))
    sampler = Sampler(
        [Source("shelf", [replace(photos[0], others={"gap": gaps})], 1, 0, 0)],
        128, (24, 32), (1.0,), np.random.default_rng(3), ("product", "gap", "person"),
    )  # fmt: skip
    drawn = sampler.draw()
    assert set(drawn.classes.tolist()) == {0, 1}
    assert drawn.ignored[drawn.ignored_classes == 2].tolist() == [[0, 0, 128, 128]]
    assert [0, 0, 128, 128] not in drawn.ignored[drawn.ignored_classes < 2].tolist()


def test_the_detector_learns_a_photo_by_heart_and_keeps_it_through_export(
    tmp_path: Path, photos: list[LabelledPhoto]
) -> None:
    photo = photos[0]
    model = pretrained_detector()
    pixels = cv2.imread(str(photo.path))[:, :, ::-1].astype(np.float32)
    images = torch.from_numpy((pixels - 127) / 128).permute(2, 0, 1)[None]
    centres, _ = cell_centres(128, 128)
    truths = [truth(photo.boxes.tolist(), [0] * len(photo.boxes), NOWHERE, [])]
    optimiser = torch.optim.AdamW([*model.head_parameters(), *model.backbone_parameters(5)], 2e-3)
    model.train()
    for _ in range(80):
        score_loss, box_loss = detection_loss(*model(images), centres, truths)
        optimiser.zero_grad()
        (score_loss + box_loss).backward()
        optimiser.step()
    folder = tmp_path / "learned"
    settings = config(tmp_path, photos)
    trainer = trainer_for(settings)
    export_onnx(model.eval(), folder / "learned.onnx")
    write_manifest(folder / "learned.onnx", settings.release, trainer.licence, trainer.input)
    found = detect(load_session(folder), cv2.imread(str(photo.path)))
    assert product_precision([judged(photo, found)], 0.5) > 0.9


@pytest.mark.parametrize("size", [(128, 96), (320, 256), (64, 480)])
def test_onnx_and_torch_agree_at_any_size(tmp_path: Path, size: tuple[int, int]) -> None:
    model = pretrained_detector().eval()
    export_onnx(model, tmp_path / "detector" / "detector.onnx")
    settings = config(tmp_path, [])
    write_manifest(tmp_path / "detector" / "detector.onnx", settings.release, "none", trainer_for(settings).input)
    images = torch.randn(1, 3, *size)
    with torch.no_grad():
        logits, boxes = model(images)
    exported_boxes, exported_scores = load_session(tmp_path / "detector").run(images.numpy())
    assert np.abs(exported_boxes - boxes.numpy()).max() < 0.5
    assert np.abs(exported_scores - logits.sigmoid().numpy()).max() < 1e-2


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path, photos: list[LabelledPhoto]) -> None:
    first = config(tmp_path, photos, steps=2)
    checkpoint = trainer_for(first).train(first)
    longer = config(tmp_path, photos, steps=3)
    assert trainer_for(longer).train(longer) == checkpoint
    steps = [json.loads(line)["step"] for line in (longer.out / "log.jsonl").read_text().splitlines()]
    assert steps == [1, 2, 3]
    assert cv2.imread(str(longer.out / "curves.png")) is not None
    assert isinstance(load_detector(checkpoint), ProductDetector)


def test_the_log_of_a_run_that_went_on_counts_no_step_twice(tmp_path: Path) -> None:
    rows = [{"step": step, "score": float(step)} for step in (1, 2, 3, 2, 3, 4)]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert read_log(tmp_path / "log.jsonl") == {"score": [(1, 1.0), (2, 2.0), (3, 3.0), (4, 4.0)]}
    assert averaged(np.arange(240.0).reshape(120, 2))[0][:2] == [1.0, 5.0]


def test_a_run_may_start_from_a_detector_of_fewer_classes(tmp_path: Path, photos: list[LabelledPhoto]) -> None:
    first = config(tmp_path, photos, steps=1)
    checkpoint = trainer_for(first).train(first)
    more = RELEASE | {"detector": RELEASE["detector"] | {"classes": ["product", "gap"]}}
    second = config(tmp_path, photos, steps=1, out=tmp_path / "second", start=checkpoint, release=more)
    model = load_detector(trainer_for(second).train(second))
    assert model(torch.zeros(1, 3, 64, 64))[0].shape[2] == 2
    fewer = config(tmp_path, photos, out=tmp_path / "third", start=second.out / "checkpoint.pt")
    with pytest.raises(BadInputError, match="must begin with"):
        trainer_for(fewer).train(fewer)
    absent = config(tmp_path, photos, out=tmp_path / "third", start=tmp_path / "none.pt")
    with pytest.raises(BadInputError, match="train first"):
        trainer_for(absent).train(absent)


@pytest.mark.parametrize("architecture", ["yolo11n.yaml", "yolo26n.yaml"])
@pytest.mark.filterwarnings("ignore")  # theirs
def test_ultralytics_trains_and_exports_behind_the_same_interface(
    tmp_path: Path, photos: list[LabelledPhoto], architecture: str
) -> None:
    settings = config(tmp_path, photos * 3, trainer="ultralytics", steps=1, side=64, architecture=architecture)
    trainer = trainer_for(settings)
    model = tmp_path / "yolo" / "yolo.onnx"
    trainer.export(trainer.train(settings), model)
    write_manifest(model, settings.release, trainer.licence, trainer.input)
    loaded = load_session(tmp_path / "yolo")
    assert loaded.manifest.licence == "AGPL-3.0"
    found = detect(loaded, cv2.imread(str(photos[0].path)), score_threshold=0.0)
    assert found.boxes.shape[1] == 4


def test_checkpoints_of_one_training_are_averaged(tmp_path: Path, photos: list[LabelledPhoto]) -> None:
    first = trainer_for(start := config(tmp_path, photos, steps=1)).train(start)
    last = trainer_for(on := config(tmp_path, photos, steps=2, out=tmp_path / "on", start=first)).train(on)
    average([first, last], tmp_path / "mean.pt")
    weights = [load_detector(path).state_dict() for path in (first, last, tmp_path / "mean.pt")]
    name = "smooth.0.0.weight"
    assert not torch.equal(weights[0][name], weights[1][name])
    assert torch.allclose(weights[2][name], (weights[0][name] + weights[1][name]) / 2)


def test_checkpoints_of_other_detectors_are_not_averaged(tmp_path: Path, photos: list[LabelledPhoto]) -> None:
    first = trainer_for(start := config(tmp_path, photos, steps=1)).train(start)
    other = config(tmp_path, photos, steps=1, out=tmp_path / "other", channels=32)
    with pytest.raises(BadInputError, match="built unlike"):
        average([first, trainer_for(other).train(other)], tmp_path / "mean.pt")


def test_torchvision_imports_whatever_build_it_is() -> None:
    program = (
        "from models.detector.torchvision_operators import ensure_torchvision, plain_nms\n"
        "ensure_torchvision()\n"
        "import torch, torchvision\n"
        "boxes = torch.tensor([[0., 0, 10, 10], [1, 0, 11, 10], [30, 0, 40, 10]])\n"
        "scores = torch.tensor([0.5, 0.9, 0.7])\n"
        "assert torchvision.ops.nms(boxes, scores, 0.5).tolist() == plain_nms(boxes, scores, 0.5).tolist() == [1, 2]\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


def test_average_precision_is_that_of_pycocotools(capsys: pytest.CaptureFixture[str]) -> None:
    random = np.random.default_rng(7)
    truths, answers, notes, results = [], [], [], []
    for image in range(1, 6):
        corners = random.uniform(0, 200, (30, 2))
        boxes = np.hstack([corners, corners + random.uniform(10, 40, (30, 2))]).astype(np.float32)
        guesses = np.vstack([boxes[:25] + random.normal(0, 4, (25, 4)), boxes[5:15] + 25]).astype(np.float32)
        scores = random.uniform(0, 1, len(guesses)).astype(np.float32)
        truths.append(LabelledPhoto(Path(f"{image}.jpg"), boxes, as_boxes([])))
        answers.append(Detections(guesses, scores, np.zeros(len(guesses), np.int64)))
        notes += [note(image, box) for box in boxes.tolist()]
        results += [note(image, box) | {"score": s} for box, s in zip(guesses.tolist(), scores.tolist(), strict=True)]
    reference = COCO()
    reference.dataset = {
        "images": [{"id": image} for image in range(1, 6)],
        "categories": [{"id": 1, "name": "product"}],
        "annotations": [n | {"id": i, "iscrowd": 0} for i, n in enumerate(notes, 1)],
    }
    reference.createIndex()
    judge = COCOeval(reference, reference.loadRes(results), "bbox")
    judge.params.maxDets = [1, 10, 400]
    judge.params.iouThrs = np.asarray([0.5])
    judge.evaluate()
    judge.accumulate()
    expected = judge.eval["precision"][0, :, 0, 0, -1].mean()
    own = product_precision([judged(truth, found) for found, truth in zip(answers, truths, strict=True)], 0.5)
    assert own == pytest.approx(expected, abs=1e-6)


def note(image: int, box: list[float]) -> dict[str, Any]:
    x1, y1, x2, y2 = box
    size = [x2 - x1, y2 - y1]
    return {"image_id": image, "category_id": 1, "bbox": [x1, y1, *size], "area": size[0] * size[1]}


@pytest.mark.parametrize(
    ("text", "words"),
    [("steps =", "no TOML"), ("steps = 0", "steps"), ("colour = 1", "colour")],
    ids=["no toml", "out of range", "unknown"],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "run.toml").write_text(text)
    with pytest.raises(SettingsError, match=words):
        read_config(tmp_path / "run.toml")


@pytest.mark.parametrize("classes", [["gap"], ["product", "cat"], ["product", "gap", "gap"]])
def test_a_detector_finds_products_and_known_classes_beside_them(tmp_path: Path, classes: list[str]) -> None:
    release = RELEASE | {"detector": RELEASE["detector"] | {"classes": classes}}
    with pytest.raises(ValidationError, match="'product'"):
        config(tmp_path, [], release=release)


def test_the_shipped_configuration_is_valid(root: Path) -> None:
    assert read_config(root / "models" / "configs" / "product-detector.toml").trainer == "facings"

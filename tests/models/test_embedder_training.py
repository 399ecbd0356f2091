"""The embedder learns on from what the zoo holds, and a training that was stopped ends as if it had not been."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from edge.vision.zoo import zoo_folder
from facings.errors import BadInputError
from models.embedder.batches import Source, source_of
from models.embedder.cli import CONFIG
from models.embedder.exported import exported_embedder
from models.embedder.sources import Crop
from models.embedder.train import TrainConfig, Training, load_embedder, read_config, train

pytestmark = pytest.mark.training

SHIPPED = zoo_folder() / "sku-embedder" / "sku-embedder.onnx"


def small(**changes: object) -> TrainConfig:
    batch = {"identities": 3, "views": 2, "of_brand": 1, "size": (40, 80), "sources": {"drawn": 1.0}}
    run = {"steps": 4, "head_steps": 1, "frozen_blocks": 14, "checkpoint_every": 2, "average_decay": 0.5}
    return read_config(CONFIG).model_copy(update=batch | run | changes)


def drawn() -> dict[str, Source]:
    """Packs of four colours, seen twice each."""
    colours = {"red": (0, 0, 220), "green": (0, 200, 0), "blue": (220, 0, 0), "grey": (128, 128, 128)}
    box = np.array([0, 0, 40, 80], np.float32)
    return {
        "drawn": source_of(
            Crop(np.full((80, 40, 3), colour, np.uint8), box, name, f"{name} {photo}")
            for name, colour in colours.items()
            for photo in (1, 2)
        )
    }


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[str], Path]:
    def make(name: str) -> Path:
        (tmp_path / name).mkdir()
        return tmp_path / name

    return make


def test_an_exported_embedder_sees_as_its_file_does() -> None:
    images = torch.randn(2, 3, 160, 80)
    (told,) = onnxruntime.InferenceSession(SHIPPED, providers=["CPUExecutionProvider"]).run(
        None, {"crops": images.numpy()}
    )
    with torch.no_grad():
        assert exported_embedder(SHIPPED)(images).numpy() == pytest.approx(told, abs=1e-5)


def test_what_is_no_embedder_is_refused() -> None:
    with pytest.raises(BadInputError, match="is no embedder"):
        exported_embedder(zoo_folder() / "product-detector" / "product-detector.onnx")


def test_a_training_that_was_stopped_ends_as_one_straight_through(
    folder: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    straight = Training(small(), drawn(), folder("straight"))
    straight.run()
    stopped = Training(small(), drawn(), folder("stopped"))
    learn, done = stopped._learn, []

    def until_the_third(views: np.ndarray, numbers: np.ndarray) -> float:
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(learn(views, numbers))
        return done[-1]

    monkeypatch.setattr(stopped, "_learn", until_the_third)
    with pytest.raises(KeyboardInterrupt):
        stopped.run()
    resumed = Training(small(), drawn(), stopped.out)
    resumed.restore()
    assert resumed.step == 2
    resumed.run()
    one, other = (torch.load(path.checkpoint, weights_only=True) for path in (straight, resumed))
    for part in ("model", "weights"):
        assert all(torch.equal(one[part][name], other[part][name]) for name in one[part])
    rows = [json.loads(line)["loss"] for line in (stopped.out / "log.jsonl").read_text().splitlines()]
    assert rows == [json.loads(line)["loss"] for line in (straight.out / "log.jsonl").read_text().splitlines()]


def test_what_is_kept_is_the_average_of_the_last_weights(folder: Callable[[str], Path]) -> None:
    training = Training(small(), drawn(), folder("run"))
    training.begin_with(exported_embedder(SHIPPED))
    training.run()
    kept = load_embedder(training.checkpoint)[1].head.weight
    assert not torch.equal(kept, training.model.head.weight)
    assert torch.allclose(kept, training.model.head.weight, atol=0.02)


def test_another_training_is_not_gone_on_with(folder: Callable[[str], Path], tmp_path: Path) -> None:
    Training(small(), drawn(), folder("run")).run()
    with pytest.raises(BadInputError, match="other settings"):
        train(small(head_rate=1.0, sources={"rendered": 1.0}), tmp_path, None, tmp_path / "run")

"""The classifier of whole photos learns, and a training that was stopped ends as if it had not been."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from facings.errors import BadInputError
from models.classifier.cli import CONFIG
from models.classifier.config import ClassifierConfig, read_config
from models.classifier.export import judge
from models.classifier.loss import Loss
from models.classifier.train import Training, train
from models.curves import read_log
from tests.support.coloured_photos import coloured_photos

pytestmark = pytest.mark.training

PHOTOS = coloured_photos()


def small(**changes: object) -> ClassifierConfig:
    tiny = {"train_sides": (32, 32), "side": 32, "batch": 4, "warm_up": 2, "frozen_blocks": 12, "average_decay": 0.8,
            "cycles": 1}  # fmt: skip
    return read_config(CONFIG).model_copy(update={"backbone": "lite0"} | tiny | changes)


def test_it_learns_and_is_judged_as_it_would_run(tmp_path: Path) -> None:
    checkpoint = train(small(epochs=10, mix=0.0), PHOTOS, PHOTOS, tmp_path)
    judged = judge(checkpoint, PHOTOS)
    assert (judged.photos, judged.side) == (12, 32)
    assert judged.right > 0.9
    assert judged.group_right >= judged.right
    assert sum(count for _, _, count in judged.mistaken) == round((1 - judged.right) * judged.photos)


@pytest.mark.filterwarnings("ignore")  # onnxruntime's own
def test_it_is_judged_in_8_bits_too(tmp_path: Path) -> None:
    checkpoint = train(small(epochs=1, backbone="lite2"), PHOTOS, PHOTOS, tmp_path)
    whole, copy = judge(checkpoint, PHOTOS), judge(checkpoint, PHOTOS, calibrate_on=PHOTOS)
    assert (copy.photos, copy.side) == (whole.photos, whole.side)
    assert 0 <= copy.right <= copy.group_right <= 1


def test_a_training_that_was_stopped_ends_as_one_straight_through(tmp_path: Path) -> None:
    config = small(epochs=2, train_sides=(32, 64), mix=0.5, frozen_blocks=14, judge_every=2, cycles=2, again_epochs=2)
    straight = train(config, PHOTOS, PHOTOS, tmp_path / "straight")
    stopped = Training(config, PHOTOS, PHOTOS, tmp_path / "stopped")
    stopped.out.mkdir()
    for _ in range(3):
        stopped.advance()
    resumed = train(config, PHOTOS, PHOTOS, tmp_path / "stopped")
    one, other = (torch.load(path, weights_only=True) for path in (straight, resumed))
    for part in ("model", "average", "result"):
        assert one[part].keys() == other[part].keys()
        assert all(torch.equal(one[part][name], other[part][name]) for name in one[part])
    rows = [read_log(path.with_name("log.jsonl")) for path in (straight, resumed)]
    assert rows[0]["loss"] == rows[1]["loss"]
    assert [step for step, _ in rows[0]["right"]] == [6, 12]


def test_it_ends_with_the_mean_of_what_its_cycles_ended_with(tmp_path: Path) -> None:
    config = small(epochs=2, frozen_blocks=14, cycles=3, again_epochs=1)
    training, ends = Training(config, PHOTOS, PHOTOS, tmp_path), []
    for epoch in range(config.all_epochs):
        training.advance()
        if epoch == 0:
            assert torch.equal(training.result.head.weight, training.average.module.head.weight)
        else:
            ends.append(training.average.module.head.weight.detach().clone())
    mean = torch.stack(ends).mean(0)
    assert torch.allclose(training.result.head.weight, mean, atol=1e-6)
    assert not torch.allclose(ends[0], ends[-1], atol=1e-6)


def test_a_training_that_is_over_stays_as_it_is(tmp_path: Path) -> None:
    before = train(small(epochs=1), PHOTOS, PHOTOS, tmp_path).read_bytes()
    assert train(small(epochs=1), PHOTOS, PHOTOS, tmp_path).read_bytes() == before


@pytest.mark.parametrize(
    ("changes", "names"), [({"head_rate": 1.0}, PHOTOS.names), ({}, ("red", "green", "violet"))], ids=str
)
def test_another_training_is_not_gone_on_with(
    changes: dict[str, object], names: tuple[str, ...], tmp_path: Path
) -> None:
    train(small(epochs=1), PHOTOS, PHOTOS, tmp_path)
    with pytest.raises(BadInputError, match="name another folder"):
        train(small(epochs=1, **changes), replace(PHOTOS, names=names), PHOTOS, tmp_path)


def test_the_loss_forgives_a_product_of_the_same_group_more() -> None:
    loss = Loss(torch.tensor([0, 0, 1]), smoothing=0.0, coarse=1.0)
    taken_for_green, taken_for_blue = torch.tensor([[0.0, 4, 0]]), torch.tensor([[0.0, 0, 4]])
    red = torch.tensor([0])
    assert loss.of(taken_for_green, red) < loss.of(taken_for_blue, red)

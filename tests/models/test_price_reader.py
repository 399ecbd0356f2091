"""The price reader: tags are drawn and worn, the network learns to read them, and the zoo gets one that does."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from edge.vision.prices import CHARACTERS, Price, read_prices
from edge.vision.zoo import PriceReaderManifest, load_session
from facings.errors import BadInputError
from models.curves import read_log
from models.eight_bits import ship
from models.price_reader import export
from models.price_reader.cli import CONFIG, ZOO
from models.price_reader.config import PriceReaderConfig, read_config
from models.price_reader.evaluate import judged, least_sure, most_wrong
from models.price_reader.examples import UNTOLD, columns_of, letters_of, picture
from models.price_reader.letters import CarriedFace
from models.price_reader.network import ANSWERS, PriceReader
from models.price_reader.quantise import File, judge_file, loses_nothing, quantised, reader_of
from models.price_reader.strokes import some_strokes
from models.price_reader.tags import draw_tag
from models.price_reader.train import Training, train
from models.price_reader.wear import Worn, worn

pytestmark = pytest.mark.training

SIZE = (160, 64)


def small(**changes: object) -> PriceReaderConfig:
    tiny = {"channels": 4, "batch": 4, "steps": 4, "warm_up": 2, "workers": 0, "log_every": 2, "checkpoint_every": 2}
    return read_config(CONFIG).model_copy(update=tiny | changes)


def test_drawn_tags_bear_prices_whose_letters_stand_in_order() -> None:
    rng = np.random.default_rng(2)
    tags = [draw_tag(rng) for _ in range(120)]
    assert 0.02 < sum(not tag.text for tag in tags) / len(tags) < 0.25
    for tag in tags:
        assert set(tag.text) <= set(CHARACTERS)
        assert len(tag.places) == len(tag.text)
        assert (np.diff(tag.places[:, 0]) > 0).all(), tag.text
        assert not tag.text or float(tag.text) < 100_000


def test_faces_of_strokes_differ_and_stay_in_their_edges() -> None:
    rng = np.random.default_rng(6)
    drawn = []
    for _ in range(12):
        letters = some_strokes(CarriedFace("sans", 500), rng).of_size(40)
        sheet = Image.new("L", (400, 80))
        letters.write(sheet, (10, 10), "0123456789.", 255)
        ink = np.asarray(sheet)
        rows, columns = np.nonzero(ink > 100)
        left, top, right, foot = letters.edges("0123456789.")
        assert 9 + left <= columns.min() <= 14
        assert columns.max() <= 15 + right
        assert 9 + top <= rows.min()
        assert foot + 8 <= rows.max() <= 12 + foot
        drawn.append(ink)
    assert all((one != other).any() for one, other in pairwise(drawn))


def test_a_face_of_strokes_takes_other_letters_from_another_face() -> None:
    other = CarriedFace("sans", 500)
    letters = some_strokes(other, np.random.default_rng(7)).of_size(40)
    assert letters.edges("zl") == other.of_size(40).edges("zl")
    assert letters.length("1,5") > letters.length("15") > letters.length("1")


def test_the_letters_of_a_worn_tag_are_where_they_are_said_to_be() -> None:
    rng = np.random.default_rng(3)
    seen = [worn(draw_tag(rng), SIZE, rng) for _ in range(60)]
    assert {one.pixels.shape for one in seen} == {(64, 160, 3)}
    assert all(-0.1 < place < 1.1 for one in seen for place in one.across)


def test_columns_tell_each_letter_once_and_leave_its_neighbours_open() -> None:
    one = Worn(np.zeros((64, 160, 3), np.uint8), "1.5", np.array([0.11, 0.31, 0.51], np.float32))
    assert columns_of(one, 10).tolist() == [UNTOLD, 2, UNTOLD, 11, UNTOLD, 6, UNTOLD, 0, 0, 0]
    letters, lengths = letters_of(["1.5", "", "20"])
    assert (letters.tolist(), lengths.tolist()) == ([2, 11, 6, 3, 1], [3, 0, 2])


def test_the_network_has_a_column_for_every_fourth_pixel() -> None:
    with torch.inference_mode():
        assert PriceReader(4).eval()(torch.zeros(2, 3, 64, 160)).shape == (2, 40, ANSWERS)


def test_a_training_that_was_stopped_ends_as_one_straight_through(tmp_path: Path) -> None:
    straight = train(small(), tmp_path / "straight")
    (tmp_path / "stopped").mkdir()
    Training(small(), tmp_path / "stopped").advance(2)
    resumed = train(small(), tmp_path / "stopped")
    one, other = (torch.load(path, weights_only=True)["weights"] for path in (straight, resumed))
    assert all(torch.equal(one[name], other[name]) for name in one)
    logs = [read_log(path.with_name("log.jsonl"))["texts"] for path in (straight, resumed)]
    assert logs[0] == logs[1]


def test_a_training_may_begin_with_the_weights_of_another(tmp_path: Path) -> None:
    start = train(small(), tmp_path / "first")
    begun = Training(small(seed=5), tmp_path / "second")
    begun.begin_with(start)
    weights = torch.load(start, weights_only=True)["weights"]
    assert all(torch.equal(value, weights[name]) for name, value in begun.model.state_dict().items())
    with pytest.raises(BadInputError, match="4 channels, and these settings 6"):
        train(small(channels=6), tmp_path / "third", start)


def test_another_training_is_not_gone_on_with(tmp_path: Path) -> None:
    train(small(), tmp_path)
    with pytest.raises(BadInputError, match="name another folder"):
        train(small(rate=1.0), tmp_path)


@pytest.mark.filterwarnings("ignore")  # onnxruntime's own
def test_a_trained_reader_goes_into_the_zoo_and_is_checked_when_it_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.price_reader.evaluate.OF_EACH", 8)
    monkeypatch.setattr("models.price_reader.evaluate.CHOSEN_ON", 20)
    figures = export.release(train(small(), tmp_path / "run"), tmp_path / "zoo")
    assert [one.tags for one in figures][-1] == 8
    model = load_session(tmp_path / "zoo")
    assert isinstance(model.manifest, PriceReaderManifest)
    assert {metric.name for metric in model.manifest.metrics} == {"read", "wrong"}
    shelf = picture(SIZE, 0.0, np.random.default_rng(1)).pixels
    boxes = np.array([[5, 5, 150, 60], [0, 0, 160, 64]], np.float32)
    assert len(read_prices(model, shelf, boxes)) == 2


@pytest.mark.filterwarnings("ignore")  # onnxruntime's own
def test_a_reader_gets_an_8_bit_copy_which_coolers_use_and_an_export_takes_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.price_reader.evaluate.OF_EACH", 8)
    monkeypatch.setattr("models.price_reader.evaluate.CHOSEN_ON", 20)
    checkpoint, zoo = train(small(), tmp_path / "run"), tmp_path / "zoo"
    export.release(checkpoint, zoo)
    copy = quantised(zoo, tags=8)
    manifest = reader_of(zoo)
    whole, small_one = (judge_file(manifest, file, zoo, tags=8) for file in ((zoo / manifest.file).read_bytes(), copy))
    assert small_one.megabytes < whole.megabytes
    ship(zoo, copy)
    assert load_session(zoo, precision="int8").manifest.file == "price-reader-int8.onnx"
    export.release(checkpoint, zoo)
    assert not (zoo / "price-reader-int8.onnx").exists()
    with pytest.raises(BadInputError, match="no price reader"):
        reader_of(ZOO.parent / "product-detector")


@pytest.mark.parametrize(
    ("copy", "kept"),
    [
        pytest.param(File(1, 10, 0.795, 0.015), True, id="as good"),
        pytest.param(File(1, 10, 0.78, 0.01), False, id="reads less"),
        pytest.param(File(1, 10, 0.8, 0.03), False, id="reads more wrongly"),
    ],
)
def test_a_copy_that_reads_worse_is_not_kept(copy: File, kept: bool) -> None:
    assert loses_nothing(File(3, 30, 0.8, 0.01), copy) == kept


def test_only_prices_that_are_sure_enough_count_as_read() -> None:
    prices = [Price("1.99", 0.95), Price("1.99", 0.4), Price("2.50", 0.9), Price("", 1.0)]
    found = judged("tags", ["1.99", "1.99", "2.05", "3.00"], prices, 0.8)
    assert (found.tags, found.read, found.wrong) == (4, 0.5, 0.5)
    assert judged("tags", ["2.5"], [Price("2.50", 0.9)], 0.8).wrong == 0


def test_how_many_may_be_wrong_falls_with_how_many_were_right() -> None:
    assert most_wrong(1, 0) == pytest.approx(0.95)
    assert most_wrong(298, 0) > 0.01 > most_wrong(299, 0)  # 0.99 ** 299 is under 0.05
    assert most_wrong(1000, 4) < 0.01 < 0.016 < most_wrong(1000, 10)
    assert most_wrong(0, 0) == most_wrong(3, 3) == 1.0


def test_a_price_counts_as_read_from_where_luck_cannot_be_why_few_were_wrong() -> None:
    # Where one of a hundred was wrong the share itself would do; that few more can be takes the surer ones.
    unsure = [("2.00", Price("1.00" if number == 0 else "2.00", 0.61)) for number in range(100)]
    sure = [("3.00", Price("3.00", 0.8)) for _ in range(199)]
    texts, prices = zip(*unsure[:1], *unsure[:1], *unsure[1:], *sure, strict=True)
    assert least_sure(texts, prices) == 0.62
    assert least_sure(texts[2:], prices[2:]) == 0.5
    assert least_sure(texts[:2], prices[:2]) == 0.99

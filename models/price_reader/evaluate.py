"""How well tags are read: drawn ones that nothing was learned from, by the height of their digits, and real ones."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

from edge.vision.decode import decode_photo
from edge.vision.prices import Price, spelled, tag_crop
from edge.vision.zoo import LoadedModel
from facings.errors import BadInputError
from models.price_reader.examples import picture
from models.price_reader.tags import draw_tag
from models.price_reader.wear import worn

CHECKED = Path(__file__).parents[2] / "datasets" / "checked" / "price_tags.json"
UNSEEN_SEED = 1_000_003
HEIGHTS = (5, 7, 10, 14, 20, 36)
"""Pixels of the digits' height between which tags are judged together."""
OF_EACH = 400
"""Tags of each height that are judged."""
MOST_WRONG = 0.015
"""Of the prices that count as read. To ask for less costs right ones, and the cloud believes only what two tags say."""
SURE = 0.95
"""That no more of them are wrong."""
CHOSEN_ON = 12_000
"""Tags on which it is chosen from which probability on a price counts as read."""
_BATCH = 50


@dataclass(frozen=True)
class Judged:
    """How well the tags of one kind are read.

    Attributes:
        kind: what tags.
        tags: how many.
        read: share of them of which a price was sure enough to count.
        wrong: share of those read that bear another price.
    """

    kind: str
    tags: int
    read: float
    wrong: float


def measure(model: LoadedModel, sure_from: float) -> list[Judged]:
    """Read drawn tags of each height, and pictures without a price."""
    rng = np.random.default_rng(UNSEEN_SEED)
    return [
        judged(kind, texts, read(model, pictures), sure_from) for kind, pictures, texts in _kinds(_size(model), rng)
    ]


def measure_real(model: LoadedModel, shared: Path, sure_from: float) -> list[Judged]:
    """Read the real tags that were checked by eye, by the photo set they are of.

    Raises:
        BadInputError: a photo is missing in `shared`.
    """
    kinds: dict[str, list[tuple[npt.NDArray[np.uint8], str]]] = defaultdict(list)
    for photo, labels in groupby(json.loads(CHECKED.read_text(encoding="utf-8")), itemgetter("photo")):
        pixels = _photo(shared / photo)
        height, width = pixels.shape[:2]
        for label in labels:
            box = np.array(label["box"]) * [width, height, width, height]
            kinds[photo.partition("/")[0]].append((tag_crop(pixels, box, _size(model)), label["price"]))
    figures = []
    for name, tags in kinds.items():
        priced = [(crop, text) for crop, text in tags if text]
        without = [(crop, text) for crop, text in tags if not text]
        for kind, some in ((f"real tags, {name}", priced), (f"without a price of one unit, {name}", without)):
            prices = read(model, [crop for crop, _ in some])
            figures.append(judged(kind, [text for _, text in some], prices, sure_from))
    return figures


def _photo(file: Path) -> npt.NDArray[np.uint8]:
    try:
        return decode_photo(file.read_bytes()).pixels
    except OSError as error:
        raise BadInputError(
            f"{file} cannot be read ({error.strerror}): give the folder of the photo sets by --shared."
        ) from error


def sure_from(model: LoadedModel) -> float:
    """From which probability on a price counts as read: `least_sure` on drawn tags of all heights.

    They are neither learned from nor judged.
    """
    rng = np.random.default_rng(UNSEEN_SEED + 1)
    made = [picture(_size(model), 0.1, rng) for _ in range(CHOSEN_ON)]
    return least_sure([one.text for one in made], read(model, [one.pixels for one in made]))


def least_sure(texts: Sequence[str], prices: Sequence[Price]) -> float:
    """The least probability, in hundredths, from which on hardly more than `MOST_WRONG` of the prices can be wrong.

    Not the first from which no more of them *were* wrong: that one would be chosen for its luck, too.
    """
    for hundredths in range(50, 100):
        if most_wrong(*_told(texts, prices, hundredths / 100)) <= MOST_WRONG:
            return hundredths / 100
    return 0.99


def most_wrong(told: int, wrong: int) -> float:
    """The share that may be wrong where `wrong` of `told` prices were: the upper end of a one-sided interval of `SURE`.

    Clopper and Pearson, 1934; 1 where all were wrong, or none was told.
    """
    return float(beta.ppf(SURE, wrong + 1, told - wrong)) if wrong < told else 1.0


def judged(kind: str, texts: Sequence[str], prices: Sequence[Price], least: float) -> Judged:
    """Compare what was read with what the tags bear."""
    told, wrong = _told(texts, prices, least)
    return Judged(kind, len(texts), told / max(len(texts), 1), wrong / max(told, 1))


def _told(texts: Sequence[str], prices: Sequence[Price], least: float) -> tuple[int, int]:
    """How many prices are sure enough, and how many of these are wrong."""
    told = [
        (text, price) for text, price in zip(texts, prices, strict=True) if price.text and price.confidence >= least
    ]
    return len(told), sum(not same(text, price) for text, price in told)


def same(text: str, price: Price) -> bool:
    """Whether a price is the number that `text` says."""
    return bool(text) and price.value == float(text)


def read(model: LoadedModel, pictures: Iterable[npt.NDArray[np.uint8]]) -> list[Price]:
    """What the model reads on pictures of its size."""
    every = list(pictures)
    prices: list[Price] = []
    for first in range(0, len(every), _BATCH):
        prices += spelled(model.see(every[first : first + _BATCH])[0])
    return prices


def _size(model: LoadedModel) -> tuple[int, int]:
    assert model.manifest.input.size is not None
    return model.manifest.input.size


def _kinds(
    size: tuple[int, int], rng: np.random.Generator
) -> Iterator[tuple[str, list[npt.NDArray[np.uint8]], list[str]]]:
    for low, high in pairwise(HEIGHTS):
        tags = [tag for tag in (draw_tag(rng) for _ in range(OF_EACH)) if tag.text]
        seen = [worn(tag, size, rng, (low, high)).pixels for tag in tags]
        yield f"drawn tags, digits of {low} to {high} pixels", seen, [tag.text for tag in tags]
    nothing = [picture(size, 1.0, rng).pixels for _ in range(OF_EACH)]
    yield "pictures without a tag", nothing, [""] * OF_EACH

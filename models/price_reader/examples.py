"""Pictures to learn from and to be judged by: worn tags and, some of them, pieces of pictures that show no tag."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils.data import Dataset

from edge.vision.entry import to_model_input
from edge.vision.prices import CHARACTERS
from models.price_reader.config import PriceReaderConfig
from models.price_reader.network import STRIDE
from models.price_reader.tags import Pixels, Rng, draw_tag
from models.price_reader.wear import Worn, worn

UNTOLD = -100
"""Of columns that no loss is taken of."""

_LETTERS = "ABCDEFGHKLMNOPRSTUVWXYZ"


def picture(size: tuple[int, int], no_tags: float, rng: Rng) -> Worn:
    """One picture of `size`, and the price on it."""
    if rng.random() < no_tags:
        return Worn(_no_tag(size, rng), "", np.zeros(0, np.float32))
    return worn(draw_tag(rng), size, rng)


def pictures(config: PriceReaderConfig, rng: Rng) -> Iterator[Worn]:
    """Pictures without end. Each tag comes worn in two ways: drawing one takes as long as wearing it."""
    while True:
        if rng.random() < config.no_tags:
            yield Worn(_no_tag(config.size, rng), "", np.zeros(0, np.float32))
        else:
            tag = draw_tag(rng)
            yield worn(tag, config.size, rng)
            yield worn(tag, config.size, rng)


def _no_tag(size: tuple[int, int], rng: Rng) -> Pixels:
    """What detectors take for a tag now and then: stripes, blots and big letters of packs."""
    width, height = size
    face = np.full((height, width, 3), rng.integers(0, 256, 3), np.uint8)
    for _ in range(int(rng.integers(1, 5))):
        colour = tuple(int(channel) for channel in rng.integers(0, 256, 3))
        x, y = int(rng.integers(-width // 2, width)), int(rng.integers(-height // 2, height))
        if rng.random() < 0.5:
            cv2.rectangle(face, (x, y), (x + int(rng.integers(8, width)), y + int(rng.integers(4, height))), colour, -1)
        elif rng.random() < 0.5:
            cv2.circle(face, (x, y), int(rng.integers(4, height)), colour, int(rng.choice([-1, 2, 5])))
        else:
            word = "".join(rng.choice(list(_LETTERS), int(rng.integers(1, 6))))
            cv2.putText(
                face, word, (x, y + height // 2), cv2.FONT_HERSHEY_DUPLEX, float(rng.uniform(0.6, 2)), colour, 2
            )
    blurred = cv2.GaussianBlur(face, (0, 0), float(rng.uniform(0.3, 3)))
    return np.asarray(np.clip(blurred + rng.normal(0, 5, face.shape), 0, 255), np.uint8)


@dataclass(frozen=True)
class Batches(Dataset[tuple[Tensor, Tensor, Tensor, Tensor]]):  # type: ignore[misc]  # torch has no types here
    """The batches of a training, each of which follows from the seed and its number."""

    config: PriceReaderConfig

    def __len__(self) -> int:
        return self.config.steps

    def __getitem__(self, number: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Pictures (B, 3, H, W), the letters of all their prices (L,), how many each has (B,), and which letter each
        of their columns shows (B, columns)."""
        cv2.setNumThreads(1)
        rng = np.random.default_rng((self.config.seed, number))
        made = list(islice(pictures(self.config, rng), self.config.batch))
        seen = torch.from_numpy(to_model_input([one.pixels for one in made], self.config.input_spec))
        columns = torch.from_numpy(np.stack([columns_of(one, self.config.size[0] // STRIDE) for one in made]))
        return seen, *letters_of([one.text for one in made]), columns


def letters_of(texts: Sequence[str]) -> tuple[Tensor, Tensor]:
    """The letters of all `texts` as the network numbers them, one after the other, and how many each has."""
    letters = [1 + CHARACTERS.index(letter) for text in texts for letter in text]
    return torch.tensor(letters, dtype=torch.long), torch.tensor([len(text) for text in texts], dtype=torch.long)


def columns_of(one: Worn, columns: int) -> npt.NDArray[np.int64]:
    """(columns,) the letter, as the network numbers it, whose middle lies in each column; 0 where there is none.

    Columns beside one with a letter are `UNTOLD`: they may well show it, too.
    """
    told = np.zeros(columns, np.int64)
    places = np.clip((one.across * columns).astype(np.int64), 0, columns - 1)
    told[np.clip([places - 1, places + 1], 0, columns - 1)] = UNTOLD
    told[places] = [1 + CHARACTERS.index(letter) for letter in one.text]
    return told

"""Batches of views: one source at a time, look-alikes together, and gallery pictures beside what stands on shelves.

Telling variants of one brand apart is the hard part of naming, and a pack shot looks unlike the same product in a dim
cooler; so a batch holds several products of each brand it draws, and a picture of each that has one.
"""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.embedder.augment import view
from models.embedder.sources import Crop

Views = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Identity:
    """All crops of products that look alike.

    Attributes:
        brand: of these products; "" where nobody said.
        shelved: crops of photos.
        pictures: pictures of a gallery.
    """

    brand: str
    shelved: list[Crop]
    pictures: list[Crop]

    def draw(self, count: int, chance: random.Random) -> list[Crop]:
        """`count` crops by chance, the first of them a gallery picture where there are both kinds."""
        if not (self.shelved and self.pictures):
            return chance.choices(self.shelved or self.pictures, k=count)
        return [chance.choice(self.pictures), *chance.choices(self.shelved, k=count - 1)]


@dataclass(frozen=True)
class Source:
    """The identities of one source, by brand; one without a brand stands alone."""

    brands: list[list[Identity]]

    def choose(self, count: int, of_brand: int, chance: random.Random) -> list[Identity]:
        """`count` identities, or all if there are fewer: up to `of_brand` of each brand that is drawn."""
        chosen: list[Identity] = []
        for brand in chance.sample(self.brands, len(self.brands)):
            chosen += chance.sample(brand, min(of_brand, len(brand)))
            if len(chosen) >= count:
                break
        return chosen[:count]

    def any_crop(self, chance: random.Random) -> Crop:
        """A crop by chance."""
        return chance.choice(chance.choice(self.brands)).draw(1, chance)[0]


def source_of(crops: Iterable[Crop]) -> Source:
    """The source that these crops are."""
    alike = defaultdict(list)
    for crop in crops:
        alike[crop.identity].append(crop)
    brands: dict[str, list[Identity]] = defaultdict(list)
    for name, own in alike.items():
        brand = own[0].brand
        identity = Identity(brand, [c for c in own if not c.picture], [c for c in own if c.picture])
        brands[brand or name].append(identity)
    return Source(list(brands.values()))


@dataclass(frozen=True)
class Batching:
    """What a batch is made of.

    Attributes:
        identities: products, all of one source.
        of_brand: of them, at most, of one brand.
        views: of each product.
        size: width and height of a view.
        weights: how often a batch comes from each source.
    """

    identities: int
    of_brand: int
    views: int
    size: tuple[int, int]
    weights: dict[str, float]


def batches(
    how: Batching, sources: dict[str, Source], seed: int, first: int = 0
) -> Iterator[tuple[Views, npt.NDArray[np.int64]]]:
    """Endless views (B, H, W, 3), uint8 BGR, and the number of the identity each one shows (B,), from batch `first` on.

    What a batch holds follows from the seed and its number, so a training that was stopped can go on with the next one.
    """
    names = list(sources)
    for number in itertools.count(first):
        chance, rng = random.Random(f"{seed}/{number}"), np.random.default_rng((seed, number))
        source = sources[chance.choices(names, [how.weights[name] for name in names])[0]]
        chosen = source.choose(how.identities, how.of_brand, chance)
        views = [
            view(crop, how.size, rng, source.any_crop(chance).pixels)
            for identity in chosen
            for crop in identity.draw(how.views, chance)
        ]
        yield np.stack(views), np.repeat(np.arange(len(chosen)), how.views)

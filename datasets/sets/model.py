"""`LabelledSet`: photos with boxes, and where they came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from datasets.sets.names import name_in_set

UNKNOWN_LICENCE = "unknown"


@dataclass(frozen=True)
class Category:
    """A class of boxes; `extra` holds what the source says of it besides its name."""

    name: str
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LabelledBox:
    """One product, or gap, or row: a rectangle in pixels of the upright photo, origin top left.

    Attributes:
        extra: what the source says of it besides box and category (SKU, mask, difficult, ...).
        origin: where it was read, for messages: file and annotation or line.
    """

    category: str
    x: float
    y: float
    width: float
    height: float
    extra: Mapping[str, Any] = field(default_factory=dict)
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class LabelledImage:
    """A photo with its boxes.

    Attributes:
        name: its path in the set, with forward slashes; begins with the split where there is one.
        path: where it lies now.
        width, height: pixels of the upright photo.
        split: train, valid, test, ... or None where the source knows no splits.
        label: the class of the whole photo, where the source has one class a folder.
        origin: where it was read, for messages.
    """

    name: str
    path: Path = field(compare=False)
    width: int
    height: int
    boxes: tuple[LabelledBox, ...] = ()
    split: str | None = None
    label: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    origin: str = field(default="", compare=False)


@dataclass(frozen=True)
class Provenance:
    """Where a set came from and what may be done with it."""

    format: str = ""
    licence: str = UNKNOWN_LICENCE
    licence_url: str = ""
    attribution: str = ""
    url: str = ""
    sha256: str = ""

    def known(self) -> dict[str, str]:
        """What is known, for `source.json`."""
        return {key: value for key, value in asdict(self).items() if value}

    def completed_by(self, other: Provenance) -> Provenance:
        """This one, with what `other` knows where this one does not."""
        unknown = ("", UNKNOWN_LICENCE)
        mine, theirs = asdict(self), asdict(other)
        return replace(self, **{key: theirs[key] for key, value in mine.items() if value in unknown and theirs[key]})


@dataclass(frozen=True)
class LabelledSet:
    """Labelled photos in one form.

    Attributes:
        categories: in the order of the source, also those without a box.
        notes: what the reader left out or had to assume, for the person who asked for it.

    Example:
        >>> LabelledSet().boxes_by_category()
        Counter()
    """

    images: tuple[LabelledImage, ...] = ()
    categories: tuple[Category, ...] = ()
    provenance: Provenance = field(default=Provenance(), compare=False)
    notes: tuple[str, ...] = field(default=(), compare=False)

    def boxes_by_category(self) -> Counter[str]:
        """How many boxes each category has."""
        return Counter(box.category for image in self.images for box in image.boxes)

    def splits(self) -> Counter[str]:
        """How many photos each split has; those of no split are not counted."""
        return Counter(image.split for image in self.images if image.split)

    def with_source(self, said: Provenance) -> LabelledSet:
        """The same photos, with what somebody says of their source put before what the files say."""
        return replace(self, provenance=said.completed_by(self.provenance))


def image_name(relative: str, split: str | None) -> str:
    """The name in the set of a photo that lies at `relative`: photos of each split get a folder of their own.

    Raises:
        ValueError: not a path inside the set.

    Example:
        >>> image_name("a.jpg", "train"), image_name("train/a.jpg", "train"), image_name("a.jpg", None)
        ('train/a.jpg', 'train/a.jpg', 'a.jpg')
    """
    name = name_in_set(relative)
    return name if split is None or name.startswith(f"{split}/") else f"{split}/{name}"

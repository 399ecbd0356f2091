"""What is wrong with a set: boxes outside their photo, photos that are missing or of another size."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from datasets.sets.model import LabelledBox, LabelledImage, LabelledSet
from datasets.sets.photos import photo_facts
from facings.errors import BadInputError

TOLERANCE_PX = 1.0
"""A box may reach this far beyond its photo, as rounding leaves it, and is clipped; farther is a mistake."""

_OF_PHOTOS = frozenset({"broken-photo", "wrong-size"})


@dataclass(frozen=True)
class Finding:
    """Something to put right: what kind of fault, and where."""

    kind: str
    text: str


def image_faults(image: LabelledImage) -> Iterator[Finding]:
    """What is wrong with one photo and its boxes."""
    try:
        facts = photo_facts(image.path)
    except BadInputError as error:
        yield Finding("broken-photo", f"{image.origin}: {error}" if image.origin else str(error))
    else:
        if (facts.width, facts.height) != (image.width, image.height):
            yield Finding("wrong-size", _size_text(image, facts.width, facts.height))
    for box in image.boxes:
        fault = box_fault(box, image.width, image.height)
        if fault:
            yield Finding("wrong-box", f"{box.origin or 'a box'} on {image.name}: {fault}")


def _size_text(image: LabelledImage, width: int, height: int) -> str:
    turned = " (turned by its EXIF data)" if (height, width) == (image.width, image.height) else ""
    return (
        f"{image.origin}: {image.name} has {width} x {height} pixels{turned}, "
        f"but the labels say {image.width} x {image.height}"
    )


def box_fault(box: LabelledBox, width: int, height: int) -> str | None:
    """Why a box cannot be used on a photo of this size; None where it can."""
    sides = (box.x, box.y, box.width, box.height)
    shown = ", ".join(f"{side:g}" for side in sides)
    if not all(math.isfinite(side) for side in sides):
        return f"the box [{shown}] is not made of numbers"
    if box.width <= 0 or box.height <= 0:
        return f"the box [{shown}] has no size"
    beyond = max(-box.x, -box.y, box.x + box.width - width, box.y + box.height - height)
    if beyond > TOLERANCE_PX:
        return f"the box [{shown}] reaches {beyond:.1f} px beyond the photo of {width} x {height}"
    return None


def clipped(box: LabelledBox, width: int, height: int) -> LabelledBox:
    """The box, no farther than the photo's edge; a stated area goes with the part that was cut off."""
    x, y = max(box.x, 0.0), max(box.y, 0.0)
    right, bottom = min(box.x + box.width, float(width)), min(box.y + box.height, float(height))
    if (x, y) == (box.x, box.y) and right >= box.x + box.width and bottom >= box.y + box.height:
        return box
    extra = {key: value for key, value in box.extra.items() if key != "area"}
    return replace(box, x=x, y=y, width=right - x, height=bottom - y, extra=extra)


def set_faults(labelled: LabelledSet) -> Iterator[Finding]:
    """What is wrong with a set, photo by photo."""
    if not labelled.images:
        yield Finding("empty-set", "the labels name no photo")
    names = Counter(image.name for image in labelled.images)
    for name, times in names.items():
        if times > 1:
            yield Finding("duplicate-name", f"{name}: {times} photos of this name")
    for image in labelled.images:
        yield from image_faults(image)


def sound(labelled: LabelledSet) -> LabelledSet:
    """The set with its boxes clipped to the photos.

    Raises:
        BadInputError: something is wrong with it; the text names the first fault and how many there are.
    """
    faults = list(set_faults(labelled))
    if faults:
        more = f" (and {len(faults) - 1} more: see `facings datasets check`)" if len(faults) > 1 else ""
        raise BadInputError(faults[0].text + more)
    return replace(labelled, images=tuple(_clipped(image) for image in labelled.images))


def without_faults(labelled: LabelledSet) -> LabelledSet:
    """The set without its faulty photos and boxes, the others clipped; a note says how many were left out."""
    images = [image for image in labelled.images if not any(one.kind in _OF_PHOTOS for one in image_faults(image))]
    kept = tuple(
        _clipped(
            replace(image, boxes=tuple(box for box in image.boxes if not box_fault(box, image.width, image.height)))
        )
        for image in images
    )
    boxes = sum(len(image.boxes) for image in images) - sum(len(image.boxes) for image in kept)
    photos = len(labelled.images) - len(kept)
    note = f"left out as faulty: {photos} photos, {boxes} boxes on the others"
    return replace(labelled, images=kept, notes=(*labelled.notes, note))


def _clipped(image: LabelledImage) -> LabelledImage:
    return replace(image, boxes=tuple(clipped(box, image.width, image.height) for box in image.boxes))

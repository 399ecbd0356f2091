"""How many photos and boxes a set has, of which size, of which category."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from datasets.sets.model import LabelledSet


def statistics_of(labelled: LabelledSet) -> dict[str, Any]:
    """Counts and spreads, as JSON.

    Example:
        >>> statistics_of(LabelledSet())["photos"]
        0
    """
    images = labelled.images
    boxes = [box for image in images for box in image.boxes]
    shares = [
        box.width * box.height / (image.width * image.height)
        for image in images
        for box in image.boxes
        if image.width and image.height
    ]
    by_category = labelled.boxes_by_category()
    counts = {category.name: by_category[category.name] for category in labelled.categories}
    return {
        "photos": len(images),
        "photos_without_boxes": sum(not image.boxes for image in images),
        "splits": dict(labelled.splits()),
        "width": _spread([image.width for image in images]),
        "height": _spread([image.height for image in images]),
        "boxes": len(boxes),
        "boxes_per_photo": _spread([len(image.boxes) for image in images]),
        "box_share_of_photo": _spread([round(share, 5) for share in shares]),
        "categories": dict(sorted(counts.items(), key=lambda item: -item[1])),
        "categories_without_boxes": sum(not count for count in counts.values()),
        "licence": labelled.provenance.licence,
    }


def _spread(values: Sequence[float]) -> dict[str, float] | None:
    return {"least": min(values), "median": median(values), "most": max(values)} if values else None

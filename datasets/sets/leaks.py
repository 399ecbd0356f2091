"""SKUs that are meant for the test split only, and were seen elsewhere."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from datasets.sets.faults import Finding
from datasets.sets.model import LabelledSet
from facings.errors import BadInputError

CATALOGUE_FILE = "catalogue.json"


def held_out(labelled: LabelledSet, folder: Path) -> set[str]:
    """The SKUs and categories that only the test split may show.

    They are the categories with `"split": "test"` in the labels, and the products with it in `catalogue.json`.

    Raises:
        BadInputError: the catalogue is no JSON of that form.
    """
    meant = {category.name for category in labelled.categories if category.extra.get("split") == "test"}
    file = folder / CATALOGUE_FILE
    if file.is_file():
        try:
            products = json.loads(file.read_bytes())["products"]
            meant |= {product["sku"] for product in products if product.get("split") == "test"}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadInputError(f"{file}: not a catalogue with a list of products: {error!r}") from error
    return meant


def leak_findings(labelled: LabelledSet, meant: set[str]) -> Iterator[Finding]:
    """Where a split other than test shows what was held out for it."""
    seen: Counter[tuple[str, str]] = Counter()
    for image in labelled.images:
        if image.split in {None, "test"}:
            continue
        shown = [box.extra.get("sku") or box.category for box in image.boxes] + ([image.label] if image.label else [])
        seen.update((str(image.split), name) for name in shown if name in meant)
    for (split, name), boxes in sorted(seen.items()):
        yield Finding("leaking-sku", f"{name}: held out for test, but {split} shows it {boxes} times")

"""Labelled photos in one form, whatever format they came in: read, checked, written.

A `LabelledSet` is what every reader gives and every writer takes. Our own layout on disk is a folder with `images/`,
`labels.coco.json` and `source.json` (where the photos came from and under which licence).
"""

from datasets.sets.model import Category, LabelledBox, LabelledImage, LabelledSet, Provenance

__all__ = ["Category", "LabelledBox", "LabelledImage", "LabelledSet", "Provenance"]

"""Draws the flat artwork of labels: ground, motif, pictures, marks, letters, small print.

Everything follows from the `Look`: the same look always gives the same pixels. What a brand's variants share (layout,
mark, where drops and leaves lie) is drawn from the brand's word, so that sisters differ only in what their looks do.
"""

from datasets.products.artwork.labels import panel, wrap_label
from datasets.products.artwork.lettering import put_text
from datasets.products.artwork.paint import bgr, mixed

__all__ = ["bgr", "mixed", "panel", "put_text", "wrap_label"]

"""Packs as models: shape, print and liquid of every SKU, drawn by code."""

from datasets.render.packs.models import pack_model

__all__ = ["pack_model"]

"""Catalogues of brands that exist nowhere: the demo's 24 SKUs, the house of 20 brands, and random ones for training."""

from datasets.products.house import demo_catalogue, house_catalogue
from datasets.products.random_packs import IN_MULTIPACKS, random_catalogue

__all__ = ["IN_MULTIPACKS", "OWN_BRAND_OWNER", "demo_catalogue", "house_catalogue", "random_catalogue"]

OWN_BRAND_OWNER = "northwind"
"""The owner that runs the coolers."""

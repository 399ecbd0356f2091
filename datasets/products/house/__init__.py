"""The catalogue of the simulated world: 20 brands of 4 owners that exist nowhere.

One TOML file per owner holds brands, variants and what is sold of them; `formats.toml` the packs there are.
"""

from datasets.products.house.catalogue import demo_catalogue, house_catalogue

__all__ = ["demo_catalogue", "house_catalogue"]

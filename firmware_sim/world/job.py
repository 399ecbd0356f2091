"""`WorldJob`: what a world is made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, get_args

from datasets.products import catalogues
from datasets.products.packs import Catalogue
from facings.errors import BadInputError
from firmware_sim.world.settings import WorldSettings

CatalogueName = Literal["demo", "house"]


@dataclass(frozen=True)
class WorldJob:
    """What a world is made from; the same job always gives the same world.

    Attributes:
        seed: which of all worlds with these settings.
        outlets, days: how many.
        coolers: how many in all, given to the outlets in turn; None lets the settings decide.
        catalogue: whose products are sold.
    """

    seed: int = 0
    outlets: int = 8
    days: int = 7
    coolers: int | None = None
    catalogue: CatalogueName = "demo"
    settings: WorldSettings = field(default_factory=WorldSettings)

    def as_json(self) -> dict[str, Any]:
        """The job as JSON, to recognise its output by."""
        return {
            "seed": self.seed,
            "outlets": self.outlets,
            "days": self.days,
            "coolers": self.coolers,
            "catalogue": self.catalogue,
            "settings": self.settings.model_dump(mode="json"),
        }


@lru_cache(maxsize=2)
def catalogue_named(name: CatalogueName) -> Catalogue:
    """The catalogue of that name.

    Raises:
        BadInputError: there is none.
    """
    make = getattr(catalogues, f"{name}_catalogue", None)
    if make is None:
        raise BadInputError(f"there is no catalogue {name!r}: choose from {', '.join(get_args(CatalogueName))}")
    made: Catalogue = make()
    return made

"""`pack_model`: the one way from a SKU to its model."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from datasets.products.packs import Pack, PackType
from datasets.render.model import Model
from datasets.render.packs.bottles import glass_model, pet_model
from datasets.render.packs.cans import can_model
from datasets.render.packs.cartons import carton_model
from datasets.render.packs.cups import cup_model
from datasets.render.packs.multipacks import multipack_model
from datasets.render.packs.pouches import pouch_model
from facings.errors import BadInputError

_AROUND = 32
_MAKERS: dict[PackType, Callable[[Pack, int], Model]] = {
    "can": can_model,
    "sleek-can": can_model,
    "pet": pet_model,
    "glass": glass_model,
    "carton": carton_model,
    "pouch": pouch_model,
    "cup": cup_model,
}


@lru_cache(maxsize=1024)
def pack_model(pack: Pack) -> Model:
    """The model of a pack, made once per process.

    Raises:
        BadInputError: a multipack that does not say what it holds, or holds multipacks.
    """
    if pack.bundle is not None and pack.bundle.unit.bundle is None:
        return multipack_model(pack, pack.bundle, _unit_model)
    return _unit_model(pack, _AROUND)


def _unit_model(pack: Pack, around: int) -> Model:
    maker = _MAKERS.get(pack.pack_type)
    if maker is None:
        raise BadInputError(f"{pack.sku}: a multipack needs a bundle of single packs")
    return maker(pack, around)

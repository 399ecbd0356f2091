"""How warm a cooler is: a model of three heat stores, good enough that duty, defrosts and open doors look real.

Air, goods and evaporator exchange heat; the air also with the room, through the walls and, far more, through an open
door. The figures are those of a 400-litre glass-door upright that holds 100 kg of drinks: about 150 W leak in at 25 °C.
"""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_STEP_S = 5.0
"""The fastest store answers within some 150 s; explicit Euler is stable and accurate far beyond this step."""


@dataclass(frozen=True)
class Cabinet:
    """What a cooler is made of.

    Attributes:
        walls_w_k: heat that leaks in through walls and glass, W per K.
        door_w_k: heat that an open door lets in besides, W per K.
        goods_w_k: between air and goods, W per K.
        evaporator_w_k: between air and evaporator, W per K.
        air_j_k: heat capacity of air, shelves and lining, J per K.
        goods_j_k: heat capacity of the drinks, J per K.
        light_w: what the lamp gives off inside.
        cold_c: the evaporator's temperature with the compressor running for long.
        heated_c: the evaporator's temperature with the defrost heater on for long.
    """

    walls_w_k: float = 7.0
    door_w_k: float = 60.0
    goods_w_k: float = 15.0
    evaporator_w_k: float = 40.0
    air_j_k: float = 20_000.0
    goods_j_k: float = 400_000.0
    light_w: float = 20.0
    cold_c: float = -10.0
    heated_c: float = 12.0


@dataclass(frozen=True)
class Temperatures:
    """Degrees Celsius of the three stores."""

    air: float
    goods: float
    evaporator: float


@dataclass(frozen=True)
class Influences:
    """What acts on the cooler during a step."""

    ambient_c: float
    door_open: bool = False
    light_on: bool = False
    compressor_on: bool = False
    defrost_on: bool = False


_COOLS_IN_S = 120.0
_WARMS_IN_S = 180.0
_DEFROSTS_IN_S = 400.0


def step(cabinet: Cabinet, before: Temperatures, acts: Influences, seconds: float) -> Temperatures:
    """The temperatures after `seconds`, at most `LONGEST_STEP_S`.

    Example:
        >>> warm = step(Cabinet(), Temperatures(4.0, 4.0, 4.0), Influences(ambient_c=25.0, door_open=True), 5.0)
        >>> warm.air > 4.0
        True
    """
    leak = cabinet.walls_w_k + (cabinet.door_w_k if acts.door_open else 0.0)
    from_goods = cabinet.goods_w_k * (before.goods - before.air)
    heat = (
        leak * (acts.ambient_c - before.air)
        + from_goods
        + cabinet.evaporator_w_k * (before.evaporator - before.air)
        + (cabinet.light_w if acts.light_on else 0.0)
    )
    return Temperatures(
        air=before.air + heat * seconds / cabinet.air_j_k,
        goods=before.goods - from_goods * seconds / cabinet.goods_j_k,
        evaporator=before.evaporator + _evaporator_drift(cabinet, before, acts) * seconds,
    )


def _evaporator_drift(cabinet: Cabinet, before: Temperatures, acts: Influences) -> float:
    """Kelvin per second towards what the evaporator is driven to."""
    if acts.defrost_on:
        return (cabinet.heated_c - before.evaporator) / _DEFROSTS_IN_S
    if acts.compressor_on:
        return (cabinet.cold_c - before.evaporator) / _COOLS_IN_S
    return (before.air - before.evaporator) / _WARMS_IN_S

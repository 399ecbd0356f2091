"""`Stress`: what makes a photo hard, each kind with a level from 0 (absent) to 3 (as bad as the field has it)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from facings.errors import BadInputError

WORST = 3


class StressKind(StrEnum):
    """The kinds of stress. The first seven change the scene, the others what the camera makes of it."""

    OCCLUSION = "occlusion"
    FALLEN = "fallen"
    MIXED_STACKING = "mixed-stacking"
    EMPTY_PLACES = "empty-places"
    FOREIGN_OBJECTS = "foreign-objects"
    PERSON = "person"
    MIXED_LIGHT = "mixed-light"
    UNDER_EXPOSURE = "under-exposure"
    OVER_EXPOSURE = "over-exposure"
    MOTION_BLUR = "motion-blur"
    FOG = "fog"
    DIRTY_LENS = "dirty-lens"
    LENS_DISTORTION = "lens-distortion"
    TILT = "tilt"
    LOW_RESOLUTION = "low-resolution"
    JPEG = "jpeg"


_CONTRARY = {StressKind.UNDER_EXPOSURE: StressKind.OVER_EXPOSURE}


class Stress:
    """A level for each kind; what is not named is 0.

    Example:
        >>> Stress({StressKind.FOG: 2})[StressKind.FOG]
        2
    """

    def __init__(self, levels: Mapping[StressKind, int] | None = None) -> None:
        self._levels = MappingProxyType({kind: (levels or {}).get(kind, 0) for kind in StressKind})

    def __getitem__(self, kind: StressKind) -> int:
        return self._levels[kind]

    def as_json(self) -> dict[str, int]:
        """The levels that are not 0, by name."""
        return {kind.value: level for kind, level in self._levels.items() if level}

    @property
    def worst(self) -> int:
        """The highest level of all kinds."""
        return max(self._levels.values())


def parse_stress(text: str) -> dict[StressKind, tuple[int, int]]:
    """Lowest and highest level per kind, from `fog=2,tilt=0-3` or `all=0-2`; later words overrule earlier ones.

    Raises:
        BadInputError: an unknown kind or a level that is none.
    """
    bounds = dict.fromkeys(StressKind, (0, 0))
    for word in filter(None, (part.strip() for part in text.split(","))):
        name, _, levels = word.partition("=")
        low, _, high = levels.partition("-")
        try:
            span = int(low), int(high or low)
        except ValueError:
            span = (-1, -1)
        if not 0 <= span[0] <= span[1] <= WORST:
            raise BadInputError(f"{word!r}: write a level from 0 to {WORST}, as in fog=2 or fog=0-{WORST}")
        if name != "all" and name not in list(StressKind):
            raise BadInputError(f"{name!r} is no kind of stress: choose from all, {', '.join(StressKind)}")
        bounds |= dict.fromkeys(StressKind, span) if name == "all" else {StressKind(name): span}
    return bounds


def draw_stress(bounds: Mapping[StressKind, tuple[int, int]], rng: np.random.Generator) -> Stress:
    """Levels by chance within the bounds; a photo is not both under- and over-exposed."""
    levels = {kind: int(rng.integers(bounds[kind][0], bounds[kind][1] + 1)) for kind in StressKind}
    for one, other in _CONTRARY.items():
        if levels[one] and levels[other]:
            levels[one if rng.random() < 0.5 else other] = 0
    return Stress(levels)

"""`VisionErrors`: how vision errs, as measured against scenes whose truth is known.

The figures lie in `errors.json`, written by `python -m bench.count_errors --out firmware_sim/fleet/errors.json`.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from facings.errors import BadInputError
from facings.faults import described

MEASURED = Path(__file__).with_name("errors.json")

Share = Annotated[float, Field(ge=0, le=1)]
Deciles = Annotated[tuple[Share, ...], Field(min_length=2)]
"""A distribution by its quantiles at equal steps, from the least to the greatest."""


class Naming(BaseModel):
    """Of the products seen: named rightly, told as unknown, taken for another of the brand, for another brand's."""

    model_config = ConfigDict(frozen=True)

    right: Share
    unknown: Share
    sister: Share
    other: Share


class Confidence(BaseModel):
    """How sure vision says it is, each as the least, the deciles and the greatest.

    Attributes:
        right, wrong, unknown: of its names.
        score: that it is a product.
        gap: of an empty lane that it is empty; `gap_where_missed` of one whose first unit it does not see, `gap_false`
            of a place that is none.
    """

    model_config = ConfigDict(frozen=True)

    right: Deciles
    wrong: Deciles
    unknown: Deciles
    score: Deciles
    gap: Deciles
    gap_where_missed: Deciles
    gap_false: Deciles


class VisionErrors(BaseModel):
    """How often vision sees what is there, and what it sees that is not.

    Attributes:
        front_seen: chance that the first unit of a lane is seen, by how many empty places lie before it.
        behind_seen: chance that a unit behind the first is seen too, by its distance from the first, 1 the next.
        false_per_photo: products told where none is.
        gap_seen: chance that an empty lane is told as a gap.
        gap_where_missed: chance that one whose first unit is not seen is told as a gap, by the empty places before it.
        gap_false_per_photo: gaps told where neither is.
    """

    model_config = ConfigDict(frozen=True)

    front_seen: Annotated[tuple[Share, ...], Field(min_length=1)]
    behind_seen: Annotated[tuple[Share, ...], Field(min_length=1)]
    false_per_photo: Annotated[float, Field(ge=0)]
    named: Naming
    gap_seen: Share
    gap_where_missed: Annotated[tuple[Share, ...], Field(min_length=1)]
    gap_false_per_photo: Annotated[float, Field(ge=0)]
    confidence: Confidence

    def front(self, empty_before: int) -> float:
        """Chance that a lane's first unit is seen."""
        return self.front_seen[min(empty_before, len(self.front_seen) - 1)]

    def behind(self, distance: int) -> float:
        """Chance that the unit `distance` places behind the first is seen; beyond what was measured, none is."""
        return self.behind_seen[distance - 1] if distance <= len(self.behind_seen) else 0.0

    def gap_instead(self, empty_before: int) -> float:
        """Chance that a lane whose first unit is not seen is told as a gap."""
        return self.gap_where_missed[min(empty_before, len(self.gap_where_missed) - 1)]


PERFECT = VisionErrors(
    front_seen=(1.0,),
    behind_seen=(0.0,),
    false_per_photo=0.0,
    named=Naming(right=1.0, unknown=0.0, sister=0.0, other=0.0),
    gap_seen=1.0,
    gap_where_missed=(0.0,),
    gap_false_per_photo=0.0,
    confidence=Confidence(**dict.fromkeys(Confidence.model_fields, (1.0, 1.0))),
)
"""Vision that sees every front and nothing else."""


@lru_cache(maxsize=4)
def read_errors(file: Path = MEASURED) -> VisionErrors:
    """The figures of a file that `bench.count_errors` wrote.

    Raises:
        BadInputError: no such file, or not of that form.
    """
    try:
        return VisionErrors.model_validate_json(file.read_bytes())
    except OSError as error:
        raise BadInputError(f"{file}: cannot read the errors of vision ({error.strerror})") from error
    except ValidationError as error:
        raise BadInputError(f"{file}: not the errors of vision: {described(error)}") from error

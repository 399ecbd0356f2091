"""`CountErrors`: how wrong a count may be, learned from labelled photos and stated with every count.

Two steps. A logistic curve turns what is seen of a product into the probability that it is one, another into the
probability that its name is right. A line's variance is a sum of parts (`edge.vision.doubts.PARTS`) with weights that
are not negative, so that more doubt never makes a count look surer. `facings models counts fit` learns both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edge.vision.doubts import NAMED, PARTS, THERE, Floats, named_figures, parts, there_figures
from edge.vision.sighting import Sighting
from facings.errors import BadInputError, UnavailableError
from facings.faults import described

FOLDER = "count-errors"
FILE = "count-errors.json"
Weight = Annotated[float, Field(ge=0)]


class CountErrors(BaseModel):
    """Learned coefficients, by the names of `edge.vision.doubts`.

    Attributes:
        detector, embedder: sha256 of the models whose errors these are.
        there, named: of the logistic curves.
        line, photo: weights of the parts of the variance of a line's count, and of all products of a photo.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    detector: str
    embedder: str
    there: dict[str, float]
    named: dict[str, float]
    line: dict[str, Weight]
    photo: dict[str, Weight]

    def doubts(self, seen: Sighting) -> Doubts:
        """The probabilities of a photo's products, from which its lines are judged."""
        there = logistic(there_figures(seen), [self.there[name] for name in THERE])
        named = logistic(named_figures(seen), [self.named[name] for name in NAMED])
        return Doubts(self, seen, there, named if seen.named else np.ones_like(named))


@dataclass(frozen=True, eq=False)
class Doubts:
    """How sure the counts of one photo are.

    Attributes:
        errors: the learned coefficients.
        seen: the photo.
        there: (N,) probability that each product found is one.
        named: (N,) probability that its name, or 'unknown', is right.
    """

    errors: CountErrors
    seen: Sighting
    there: Floats
    named: Floats

    def right(self, members: Sequence[int]) -> float:
        """Expected share of these products that are there and rightly named."""
        return float((self.there * self.named)[list(members)].mean())

    def count_sd(self, members: Sequence[int]) -> float:
        """Standard deviation expected of the error of the count of these products."""
        if not self.seen.named:
            return self.total_sd() * math.sqrt(len(members) / max(len(self.seen.found), 1))
        own = parts(self.seen, np.array(members, np.int64), self.there, self.named)
        return _sd(own, self.errors.line)

    def total_sd(self) -> float:
        """The same of all products of the photo, whatever their names."""
        every = np.arange(len(self.seen.found))
        return _sd(parts(self.seen, every, self.there, np.ones_like(self.named)), self.errors.photo)


def logistic(figures: Floats, coefficients: Sequence[float]) -> Floats:
    """Probabilities (N,) from figures (N, F)."""
    return np.asarray(1 / (1 + np.exp(-(figures @ np.asarray(coefficients)))), np.float64)


def read_count_errors(zoo: Path) -> CountErrors:
    """What is learned of the errors of the models of a zoo.

    Raises:
        UnavailableError: the zoo has none.
        BadInputError: the file is damaged.
    """
    path = zoo / FOLDER / FILE
    try:
        errors = CountErrors.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UnavailableError(f"{path} cannot be read ({error.strerror}): run `facings models counts fit`.") from error
    except ValidationError as error:
        raise BadInputError(f"{path} is damaged ({described(error)}): fetch it again.") from error
    expected = {"there": THERE, "named": NAMED, "line": PARTS, "photo": PARTS}
    for name, keys in expected.items():
        if set(getattr(errors, name)) != set(keys):
            raise BadInputError(f"{path} speaks of other figures than this software ({name}): fetch it again.")
    return errors


def _sd(own: Floats, weights: dict[str, float]) -> float:
    return math.sqrt(float(own @ np.array([weights[name] for name in PARTS])))

"""Grades and schemes, as the API and the pages show them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

from cloud.analytics.coverage import AnswerCoverage
from cloud.analytics.grades.grade import DEFAULT, PILLARS, Action, Doing, Grade, Raise, Scheme
from cloud.analytics.grades.reading import OutletGrades
from cloud.api.shapes import Body
from facings.clock import UtcDatetime
from facings.messages import Estimate

PillarName = Literal["availability", "share", "purity", "planogram", "sell-out"]


class PartAnswer(BaseModel):
    """What a pillar adds to a grade."""

    pillar: PillarName
    value: Estimate
    target: float
    weight: float = Field(description="points it can have; those of all pillars add up to 100")
    points: float


class RaiseAnswer(BaseModel):
    """Something to do, and the points it would add if it were all that is done."""

    pillar: PillarName
    doing: Doing
    sku: str | None = Field(description="the product it is about")
    cooler: str | None = Field(description="the cooler it is about")
    name: str
    name_zh: str
    amount: float = Field(description="hours missing, facings, moves, or units a day, by what is to be done")
    points: float


class GradeAnswer(BaseModel):
    """The grade of an outlet."""

    outlet: str
    name: str
    name_zh: str
    region: str
    outlet_class: str
    grade: Estimate = Field(description="out of 100")
    parts: list[PartAnswer]
    missing: list[PillarName] = Field(description="pillars of which nothing is known; their weight went to the others")
    raises: list[RaiseAnswer] = Field(description="what would raise it, the most first")


class GradesAnswer(BaseModel):
    """The grades of a period, worst first."""

    start: UtcDatetime
    end: UtcDatetime
    coverage: AnswerCoverage
    outlets: list[GradeAnswer]


class SchemeBody(Body):
    """Weights and targets of the pillars for an outlet class; what is left out takes its default."""

    outlet_class: Annotated[str, Field(max_length=40, description="empty: all classes without their own")] = ""
    weights: dict[PillarName, Annotated[float, Field(ge=0, le=1000)]] = Field(description="0 leaves a pillar out")
    targets: dict[PillarName, Annotated[float, Field(gt=0, le=10)]] = Field(
        default={}, description="value of each pillar that counts as full"
    )

    @model_validator(mode="after")
    def _weighs_something(self) -> SchemeBody:
        if not any(self.scheme.weights.values()):
            raise ValueError("at least one pillar needs a weight")
        return self

    @property
    def scheme(self) -> Scheme:
        """With the defaults for what was left out."""
        weights: dict[str, float] = {name: self.weights.get(name, DEFAULT.weights[name]) for name in _NAMES}
        targets: dict[str, float] = {name: self.targets.get(name, DEFAULT.targets[name]) for name in _NAMES}
        return Scheme(weights, targets)


class SchemeAnswer(BaseModel):
    """How outlets of a class are graded."""

    outlet_class: str
    weights: dict[str, float]
    targets: dict[str, float]


def grade_answer(grades: OutletGrades, outlet: str, found: Grade, most_raises: int) -> GradeAnswer:
    """The grade of `outlet` as it is published."""
    record = grades.outlets[outlet]
    return GradeAnswer(
        outlet=record.id,
        name=record.name,
        name_zh=record.name_zh,
        region=record.region,
        outlet_class=record.outlet_class,
        grade=found.value,
        parts=[
            PartAnswer(
                pillar=_name(one.pillar),
                value=one.value,
                target=one.target,
                weight=round(one.weight, 2),
                points=round(one.points, 2),
            )
            for one in found.parts
        ],
        missing=[_name(one) for one in found.missing],
        raises=[_raise(grades, one) for one in found.raises[:most_raises]],
    )


def _raise(grades: OutletGrades, one: Raise) -> RaiseAnswer:
    action: Action = one.action
    of_cooler = action.doing == "repair"
    name, name_zh = grades.cooler_names(action.subject) if of_cooler else grades.catalogue.names(action.subject)
    return RaiseAnswer(
        pillar=_name(one.pillar),
        doing=action.doing,
        sku=None if of_cooler else action.subject,
        cooler=action.subject if of_cooler else None,
        name=name,
        name_zh=name_zh,
        amount=round(action.amount, 2),
        points=one.points,
    )


def _name(pillar: str) -> PillarName:
    return next(name for name in _NAMES if name == pillar)


_NAMES: tuple[PillarName, ...] = ("availability", "share", "purity", "planogram", "sell-out")
assert _NAMES == PILLARS

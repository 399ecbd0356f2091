"""What an analysis answers: plain numbers, never NaN: None where one is not known, with a warning."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Verdict = Literal["success", "no effect seen", "harmful", "cannot tell"]
EstimatorName = Literal["did", "synthetic_control", "sdid"]


class Answer(BaseModel):
    """Base: JSON has null for what is not finite."""

    model_config = ConfigDict(ser_json_inf_nan="null", frozen=True)


class Ranged(Answer):
    """A number with its interval."""

    value: float
    low: float | None = None
    high: float | None = None


class Effect(Answer):
    """An average effect per treated unit and period."""

    effect: float
    low: float | None = None
    high: float | None = None
    se: float | None = Field(default=None, description="standard error")
    p_value: float | None = Field(default=None, description="two-sided, that there is no effect")


class Overlap(Answer):
    """Other promotions of the same SKUs, in the same outlets and days, and how this one was told apart from them."""

    promotions: list[str] = Field(description="their names")
    apart_by: Literal["outlets", "skus", "nothing"] = Field(
        description="studied where, or with what, it ran alone; nothing: it nowhere did"
    )
    left_out: list[str] = Field(description="the outlets, or the SKUs, that it shared with them")


class Roi(Answer):
    """What it earned: (incremental units x margin - cost) / cost."""

    incremental_units: Ranged
    incremental_margin: Ranged
    cost: float
    roi: Ranged
    window: Literal["during", "during and after"] = Field(description="which periods are counted")


class EstimatorAnswer(Effect):
    """What one estimator says."""

    inference: str = Field(description="how the interval was made")
    without_treatment: float = Field(description="mean outcome that the treated would have had")
    relative: float | None = Field(default=None, description="effect / without_treatment")
    fit_before: float = Field(description="root mean square gap between treated and weighted controls before")
    after: Effect | None = Field(default=None, description="effect in the periods after the treatment ended")
    variants: dict[str, Effect] = Field(default={}, description="the same with another base period")
    controls: dict[str, float] = Field(default={}, description="controls with the largest weights, at most ten")
    roi: Roi | None = None


class PreTrend(Answer):
    """Difference of the trends of treated and controls before the treatment, per period."""

    slope: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    passed: bool | None = Field(description="whether it is compatible with none, at 5%; null where untestable")
    inference: str


class PlaceboInTime(Effect):
    """The 'effect' of a treatment pretended to have begun earlier, on the periods before the real one."""

    begins: str = Field(description="the pretended first period of the largest cohort")
    passed: bool | None = Field(description="whether it is compatible with none, at 5%; null where untestable")


class PlaceboInSpace(Answer):
    """Where the effect stands among those of controls that were not treated."""

    p_value: float = Field(description="part of placebo effects as large as the effect")
    placebos: int
    rmspe_ratio_p_value: float | None = Field(
        default=None, description="the same for the ratio of the gaps in the window and before; one treated unit only"
    )


class PromoAnswer(Answer):
    """All of it."""

    verdict: Verdict
    reason: str
    estimator: EstimatorName = Field(description="whose effect the verdict is about")
    did: EstimatorAnswer
    synthetic_control: EstimatorAnswer
    sdid: EstimatorAnswer
    roi: Roi | None = None
    pre_trend: PreTrend
    placebo_in_time: PlaceboInTime | None
    placebo_in_space: PlaceboInSpace | None
    level: float = Field(description="of all intervals")
    units: int
    treated_units: int
    control_units: int
    cohorts: int = Field(description="distinct courses of treatment")
    periods: int
    periods_before: int = Field(description="of the cohort treated first")
    treated_cells: int = Field(description="unit-periods under treatment")
    warnings: list[str]

    def of(self, name: EstimatorName) -> EstimatorAnswer:
        """What one of the estimators says."""
        return {"did": self.did, "synthetic_control": self.synthetic_control, "sdid": self.sdid}[name]

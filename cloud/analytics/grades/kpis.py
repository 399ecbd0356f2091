"""The grade of outlets over a period, cut by place: the mean of their grades."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from math import sqrt
from typing import TYPE_CHECKING

from cloud.analytics.grades.reading import OutletGrades
from cloud.analytics.query.cut import Cut
from facings.messages import Estimate

if TYPE_CHECKING:
    from cloud.analytics.series import KpiPoint, Period


def outlet_grade(period: Period, by: str) -> list[KpiPoint]:
    """The mean grade of the outlets of each group, out of 100."""
    grades = OutletGrades(
        period.session, period.facts, period.tenant, period.start, period.end, period.opening
    ).grades()
    cut = Cut.of(by)
    groups: dict[str, list[Estimate]] = defaultdict(list)
    for outlet, grade in grades.items():
        if period.scope.outlets is None or outlet in period.scope.outlets:
            groups[cut.key({one: period.known.outlet_value(one, outlet) for one in cut.places})].append(grade.value)
    return [period.point(by, key, _mean(some)) for key, some in groups.items()]


def _mean(grades: list[Estimate]) -> Estimate:
    """The errors of outlets are taken as independent."""
    number = len(grades)
    value = sum(one.value for one in grades) / number
    below = sqrt(sum((one.value - one.low) ** 2 for one in grades)) / number
    above = sqrt(sum((one.high - one.value) ** 2 for one in grades)) / number
    return Estimate(value=round(value, 2), low=round(value - below, 2), high=round(min(value + above, 100), 2))


MAKERS: Mapping[str, Callable[[Period, str], list[KpiPoint]]] = {"outlet-grade": outlet_grade}
"""By the name in the registry."""

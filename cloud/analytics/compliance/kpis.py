"""Planogram compliance over a period, at each level, cut by time and place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from cloud.analytics.compliance.judgement import LEVELS, Judgement, compliance
from cloud.analytics.compliance.means import mean_judgements
from cloud.analytics.query.cut import Cut

if TYPE_CHECKING:
    from cloud.analytics.series import KpiPoint, Period


def of_level(period: Period, by: str, level: str) -> list[KpiPoint]:
    """Facings as planned / facings planned: for each cooler the mean over its photos, then added up."""
    means = mean_judgements(
        period.facts, period.tenant, period.known, period.start, period.end, period.scope, time=Cut.of(by).time
    )
    coolers: dict[str, list[Judgement]] = defaultdict(list)
    key_of = period.keys(by)
    for one in means:
        if period.has_cooler(one.cooler):
            coolers[key_of(one.cooler, "", one.at)].append(one.judged)
    found = {key: compliance(some, level) for key, some in coolers.items()}
    return [period.point(by, key, value) for key, value in found.items() if value is not None]


MAKERS: Mapping[str, Callable[[Period, str], list[KpiPoint]]] = {
    f"planogram-{level}": partial(of_level, level=level) for level in LEVELS
}
"""By the name in the registry."""

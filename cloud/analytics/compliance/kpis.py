"""Planogram compliance over a period, at each level, cut by time and place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from cloud.analytics.compliance.judgement import LEVELS
from cloud.analytics.compliance.means import means_of_level
from cloud.analytics.named import Named
from cloud.analytics.query.cut import Cut

if TYPE_CHECKING:
    from cloud.analytics.series import KpiPoint, Period


def of_level(period: Period, by: str, level: str) -> list[KpiPoint]:
    """Facings as planned / facings planned: for each cooler the mean over its photos, then added up."""
    means = means_of_level(
        period.facts,
        period.tenant,
        period.known,
        period.start,
        period.end,
        period.scope,
        time=Cut.of(by).time,
        level=level,
        coolers={one for one in period.known.coolers if period.has_cooler(one)},
    )
    nothing = Named([""], np.zeros(len(means.cooler), np.intp))
    found = means.compliance(period.keys_of(by, means.cooler, nothing, means.at))
    return [period.point(by, key, value) for key, value in found.items()]


MAKERS: Mapping[str, Callable[[Period, str], list[KpiPoint]]] = {
    f"planogram-{level}": partial(of_level, level=level) for level in LEVELS
}
"""By the name in the registry."""

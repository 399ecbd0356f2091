"""Planogram compliance over a period, at each level, cut by time and place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from statistics import fmean
from typing import TYPE_CHECKING

from cloud.analytics.compliance.judgement import LEVELS, Judgement, compliance
from cloud.analytics.compliance.means import mean_judgements
from cloud.analytics.query.cut import Cut

if TYPE_CHECKING:
    from cloud.analytics.series import KpiPoint, Period

_FIELDS = ("planned", "present", "count", "variance", "unnamed")


def of_level(period: Period, by: str, level: str) -> list[KpiPoint]:
    """Facings as planned / facings planned: for each cooler the mean over its photos, then added up."""
    by_time = Cut.of(by).time is not None
    groups: dict[tuple[str, str], list[Judgement]] = defaultdict(list)
    for one in mean_judgements(period.facts, period.tenant, period.start, period.end, by_hour=by_time):
        if period.has_cooler(one.cooler):
            groups[period.key(by, one.cooler, "", one.at), one.cooler].append(one.judged)
    coolers: dict[str, list[Judgement]] = defaultdict(list)
    for (key, _), some in groups.items():
        coolers[key].append(_mean(some))
    found = {key: compliance(some, level) for key, some in coolers.items()}
    return [period.point(by, key, value) for key, value in found.items() if value is not None]


def _mean(some: Sequence[Judgement]) -> Judgement:
    """The mean of one cooler: the errors of its photos are taken as fully dependent."""
    means = {name: fmean(getattr(one, name) for one in some) for name in _FIELDS}
    ordered = [one for one in some if one.shelf is not None]
    shelf = fmean(one.shelf or 0 for one in ordered) if ordered else None
    position = fmean(one.position or 0 for one in ordered) if ordered else None
    return Judgement(**means, shelf=shelf, position=position)


MAKERS: Mapping[str, Callable[[Period, str], list[KpiPoint]]] = {
    f"planogram-{level}": partial(of_level, level=level) for level in LEVELS
}
"""By the name in the registry."""

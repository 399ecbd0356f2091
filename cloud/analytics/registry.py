"""The KPIs, each defined once: the API, the pages and docs/kpi.md are made from here.

`python -m cloud.analytics.registry > docs/kpi.md` writes the reference.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from cloud.analytics import stockouts
from cloud.analytics.kpis import competition, execution, sales, shelves, shortages
from cloud.analytics.kpis.kpi import Kpi
from cloud.analytics.share import intrusions

GROUPS = (shelves, competition, shortages, execution, sales)
KPIS: tuple[Kpi, ...] = tuple(kpi for group in GROUPS for kpi in group.KPIS)

BY_NAME = {kpi.name: kpi for kpi in KPIS}

_HEAD = """# KPI reference

Made from the definitions in `cloud/analytics/kpis/`: `python -m cloud.analytics.registry > docs/kpi.md`.

`GET /api/v1/overview` and the topic `kpi/overview` carry the same numbers, as do `GET /api/v1/coolers/{id}/kpi` and the
topic `kpi/cooler/{id}`; `GET /api/v1/kpis/{name}?from&to&by` gives those of a period. Each states its coverage.

| name | title | formula | unit | known for | made from | by |
|---|---|---|---|---|---|---|
"""

_NOTES = """
## Which photos count

- A photo judged `unusable` changes no number: what was known before stands.
- A photo whose time cannot be true (before 2020, or over a day later than its arrival) is kept with the mark
  `clock_suspect`, can be read by its id, and counts in no KPI.
- The totals of the overview are those of the coolers that are seen, whole or in part; see coverage.
- The photos that the cameras of a device take at one moment make one observation, in which each product counts once.
  The latest usable one of any of its devices stands for the whole cooler.
- An observation that lacks a part of the cooler, because a camera of several gave no photo or an unusable one, is kept
  with what it shows. Stock-outs and the live numbers go on with what is seen. The sums of a period leave it out: they
  are means over photos of whole coolers, to which half a cooler would bring half its facings, and the share of those
  shelves that happened to be seen. The coverage says what that hid: see below.

## Intervals

`low` and `high` hold the truth nine times of ten. A line's `count_sd` is the standard deviation of the error of its
units, estimated by the vision chain. Errors of different lines are taken as independent, those of the photos of one
period as fully dependent, so that many photos do not feign certainty.

## Numbers of a period

For each cooler the mean over its usable photos in the period, a photo without the SKU counting as zero; then the sum
over the coolers (the mean, for the linear share). A share divides such sums, so that a cooler with more photos weighs
no more. A share cut or narrowed by products is that of those products in all products of the same time and places.

Days, weeks (named by their Monday) and months are made of business days, local at each outlet: those whose dates lie
in the period. Hours, and a period that is not cut by time, are whole hours of UTC; the answer's `start` and `end` say
which. A cooler that moved counts where it stood. Each number has the coverage of its own time and places: coolers with
a usable photo of all of it (`reporting`), out of those with a device (`expected`). Where a camera was broken, `in_part`
is the number of coolers with photos of a part alone, and `part_hours` the hours with such photos, of all coolers, also
of those that reported at other times; who is in neither was silent. The coverage of an answer names those coolers
(`parts`, the most hours first): which camera saw nothing and why, the last photo of all of the cooler before
(`whole_at`), and the first one after (`back_at`).

A business day has sell-out, and what is made of it, once it has ended there.

## When a stock-out opens and closes

"""


def reference() -> str:
    """The text of docs/kpi.md."""

    rules = [(module.__doc__ or "").partition("\n\n")[2] for module in (stockouts, intrusions)]
    return _HEAD + "".join(_rows(KPIS)) + _NOTES + "\n## When an intrusion begins and ends\n\n".join(rules)


def _rows(kpis: Iterable[Kpi]) -> Iterable[str]:
    for kpi in kpis:
        cells = (kpi.name, f"{kpi.title} / {kpi.title_zh}", kpi.formula, kpi.unit, kpi.grain, kpi.source)
        yield f"| {' | '.join(cells)} | {', '.join(kpi.by)} |\n"


if __name__ == "__main__":
    sys.stdout.write(reference())

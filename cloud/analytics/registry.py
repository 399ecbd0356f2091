"""The KPIs, each defined once: the API, the pages and docs/kpi.md are made from here.

`python -m cloud.analytics.registry > docs/kpi.md` writes the reference.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from pydantic import BaseModel, Field

from cloud.analytics import stockouts
from cloud.analytics.query.cut import ALL, OF_OUTLETS, OF_PLACES, OF_PRODUCTS, TIMES
from cloud.analytics.share import intrusions

DIMENSIONS = tuple(one for one in ALL if one != "hour")
"""Of what is known by business day."""
WITH_HOURS = ALL
"""Of what is known by photo."""


class Kpi(BaseModel):
    """What a KPI is."""

    name: str = Field(description="as in addresses and exports")
    title: str
    title_zh: str
    formula: str
    unit: str
    grain: str = Field(description="the finest thing it is known for")
    source: str
    by: tuple[str, ...] = Field(default=(), description="what /api/v1/kpis/{name} breaks it down by")


KPIS: tuple[Kpi, ...] = (
    Kpi(
        name="units",
        title="Units",
        title_zh="件数",
        formula="products seen: the front row and what shows behind it; ± 1.645 √(Σ count_sd²)",
        unit="products",
        grain="cooler, SKU, photo",
        source="facts: shelf_line.units, count_sd",
        by=WITH_HOURS,
    ),
    Kpi(
        name="facings",
        title="Facings",
        title_zh="排面数",
        formula="distinct front positions of a SKU; units stacked in one column are one facing",
        unit="positions",
        grain="cooler, SKU, photo",
        source="facts: shelf_line.facings",
        by=WITH_HOURS,
    ),
    Kpi(
        name="share-of-facings",
        title="Share of facings",
        title_zh="排面占比",
        formula=(
            "facings of the group / all facings; groups: own, competitor, unknown (not in the gallery or not in the "
            "catalogue); interval by the delta method, the error of a line's facings in proportion to that of its units"
        ),
        unit="fraction",
        grain="cooler, SKU, photo",
        source="facts: shelf_line.facings; records: product.own",
        by=WITH_HOURS,
    ),
    Kpi(
        name="linear-share",
        title="Linear share",
        title_zh="陈列长度占比",
        formula=(
            "width of the group's products in front / width of all products in front, empty width not counted; the "
            "mean over the coolers; interval as if all products were equally wide"
        ),
        unit="fraction",
        grain="cooler, SKU, photo",
        source="facts: shelf_line.linear_share",
        by=WITH_HOURS,
    ),
    Kpi(
        name="occupancy",
        title="Occupancy",
        title_zh="满陈率",
        formula=(
            "min(facings of the SKUs planned in the cooler, planned front places) / planned front places; a place "
            "counts wherever in the cooler the SKU stands; a surplus in one cooler fills no place of another; only "
            "coolers with a planogram"
        ),
        unit="fraction",
        grain="cooler, photo",
        source="records: latest_observation.lines, planogram.rows",
    ),
    Kpi(
        name="open-stockouts",
        title="Open stock-outs",
        title_zh="当前缺货数",
        formula="planned SKUs that were seen in the cooler and are missing from its latest photos (rules below)",
        unit="episodes",
        grain="cooler, SKU",
        source="records: stockout_episode",
    ),
    Kpi(
        name="stockout-hours",
        title="Stock-out hours",
        title_zh="缺货时长",
        formula=(
            "lower: last photo without the SKU - first without it; upper: first photo with it again - last with it "
            "before (an open episode: up to the last photo without it); value: their mean. Booked on the day the "
            "episode began"
        ),
        unit="hours",
        grain="cooler, SKU, episode",
        source="records: stockout_episode",
        by=WITH_HOURS,
    ),
    Kpi(
        name="void",
        title="Voids",
        title_zh="未铺货",
        formula="planned SKUs never seen in the cooler; not stock-outs",
        unit="SKUs",
        grain="cooler, SKU",
        source="records: planogram.rows, shelf_watch",
        by=(*OF_PLACES, *OF_PRODUCTS),
    ),
    Kpi(
        name="sell-out",
        title="Sell-out",
        title_zh="动销量",
        formula=(
            "units sold, estimated from photos with the stock as a hidden state (docs/sell-out.md); low and high nine "
            "times of ten, errors of days and coolers taken as independent"
        ),
        unit="products",
        grain="cooler, SKU, business day",
        source="facts: sellout_day.sold, sold_variance",
        by=DIMENSIONS,
    ),
    Kpi(
        name="lost-sales",
        title="Lost sales",
        title_zh="缺货损失",
        formula="units wanted while there were none: rate of demand x time without stock; interval as for sell-out",
        unit="products",
        grain="cooler, SKU, business day",
        source="facts: sellout_day.lost, lost_variance",
        by=DIMENSIONS,
    ),
    Kpi(
        name="lost-sales-value",
        title="Lost sales in money",
        title_zh="缺货损失金额",
        formula=(
            "lost units x price of the catalogue; SKUs without a price are left out, and a question that spans several "
            "currencies is refused; interval of the units at the mean price of the group"
        ),
        unit="currency of the catalogue",
        grain="cooler, SKU, business day",
        source="facts: sellout_day.lost, lost_variance; records: product.price",
        by=DIMENSIONS,
    ),
    Kpi(
        name="repeated-stockouts",
        title="Repeated stock-outs",
        title_zh="反复缺货",
        formula="SKUs that ran out in the same cooler three times or more in the period, counted in each cooler",
        unit="SKUs",
        grain="cooler, SKU",
        source="records: stockout_episode",
        by=(*OF_PLACES, *OF_PRODUCTS),
    ),
    Kpi(
        name="last-units",
        title="Last units",
        title_zh="即将售罄",
        formula=(
            "planned SKUs that the latest photo of a cooler, if taken in the period, shows in no more than a third of "
            "their lanes (one at least); SKUs of a single lane and those that are out are not counted; low and high: "
            "with the error of the count taken in"
        ),
        unit="SKUs",
        grain="cooler, SKU",
        source="records: latest_observation.lines, planogram.rows",
        by=(*OF_PLACES, *OF_PRODUCTS),
    ),
    Kpi(
        name="velocity",
        title="Velocity",
        title_zh="单店日销量",
        formula="sell-out / selling outlets (half a unit or more in the period) / days with sell-out",
        unit="products per outlet and day",
        grain="cooler, SKU, business day",
        source="facts: sellout_day.sold, sold_variance",
        by=DIMENSIONS,
    ),
    Kpi(
        name="sell-through",
        title="Sell-through (SKUs)",
        title_zh="动销率（SKU）",
        formula="SKUs with a sale / SKUs present, each counted in each outlet; low and high by those of its sell-out",
        unit="fraction",
        grain="cooler, SKU, business day",
        source="facts: sellout_day.sold, sold_variance, opening",
        by=DIMENSIONS,
    ),
    Kpi(
        name="sell-through-of-stock",
        title="Sell-through (of opening stock)",
        title_zh="售罄率（期初库存）",
        formula="sell-out / units in stock when each cooler's first day of the period began; over 1 after refills",
        unit="fraction",
        grain="cooler, SKU, business day",
        source="facts: sellout_day.sold, sold_variance, opening",
        by=DIMENSIONS,
    ),
    Kpi(
        name="purity",
        title="Purity",
        title_zh="冰柜纯净度",
        formula="own facings / all facings in the coolers that the brand owns; interval as for share of facings",
        unit="fraction",
        grain="cooler, photo",
        source="facts: shelf_line.facings; records: cooler.owned, product.own",
        by=(*TIMES, *OF_PLACES),
    ),
    Kpi(
        name="eye-level-share",
        title="Share at eye level",
        title_zh="黄金层排面占比",
        formula=(
            "own facings / all facings on the middle third of the shelves, of coolers with three shelves or more; "
            "interval by the doubt of names"
        ),
        unit="fraction",
        grain="cooler, shelf, photo",
        source="facts: shelf_facing; records: product.own",
        by=OF_PLACES,
    ),
    Kpi(
        name="intrusions",
        title="Intrusions",
        title_zh="竞品入侵数",
        formula=(
            "competitors' products in coolers that the brand owns, each from the first photo with it to the first "
            "without (rules below); counted when it began"
        ),
        unit="episodes",
        grain="cooler, SKU, episode",
        source="records: intrusion",
        by=WITH_HOURS,
    ),
    Kpi(
        name="intrusion-hours",
        title="Intrusion hours",
        title_zh="竞品入侵时长",
        formula=(
            "lower: last photo with the product - first with it; upper: first photo without it again - last without "
            "it before (one still open: up to the last photo with it); value: their mean. Booked when it began"
        ),
        unit="hours",
        grain="cooler, SKU, episode",
        source="records: intrusion",
        by=WITH_HOURS,
    ),
    Kpi(
        name="on-shelf-availability",
        title="On-shelf availability",
        title_zh="货架有货率",
        formula=(
            "open hours with at least one unit / open hours between the cooler's first and last photo, of the planned "
            "SKUs that were ever seen there; low and high by the hours of stock-outs at most and at least"
        ),
        unit="fraction",
        grain="cooler, SKU",
        source="records: stockout_episode, shelf_watch, planogram.rows; facts: observation; settings: sellout.opens",
        by=(*OF_PLACES, *OF_PRODUCTS),
    ),
    Kpi(
        name="numeric-distribution",
        title="Numeric distribution",
        title_zh="数值铺货率",
        formula=(
            "outlets stocking the product / outlets with usable photos; an outlet stocks it with the confidence of its "
            "surest line, and the interval is that of a sum of such chances"
        ),
        unit="fraction",
        grain="outlet, SKU",
        source="facts: shelf_line.confidence, observation",
        by=(*OF_PLACES, *OF_PRODUCTS),
    ),
    Kpi(
        name="weighted-distribution",
        title="Weighted distribution",
        title_zh="加权铺货率",
        formula="sell-out of the outlets stocking the product / sell-out of all with usable photos; interval likewise",
        unit="fraction",
        grain="outlet, SKU",
        source="facts: shelf_line.confidence, observation, sellout_day.sold",
        by=(*OF_PLACES, *OF_PRODUCTS),
    ),
    Kpi(
        name="assortment-depth",
        title="Assortment depth",
        title_zh="品种丰满度",
        formula="distinct own SKUs present / distinct own SKUs planned in the coolers; over 1 with unplanned ones",
        unit="fraction",
        grain="cooler",
        source="facts: shelf_line; records: planogram.rows, product.own",
        by=OF_PLACES,
    ),
    *(
        Kpi(
            name=f"planogram-{level}",
            title=f"Planogram compliance: {title}",
            title_zh=f"陈列合规率：{title_zh}",
            formula=f"{formula} / facings planned, by the planogram of the photo's time; interval by doubt of names",
            unit="fraction",
            grain="cooler, photo",
            source="facts: photo_judgement",
            by=(*TIMES, *OF_PLACES),
        )
        for level, title, title_zh, formula in (
            ("present", "present", "有货", "facings of planned SKUs anywhere in the cooler, no more than planned"),
            ("shelf", "right shelf", "层板正确", "facings on their shelf, no more than planned there"),
            (
                "position",
                "right position",
                "位置正确",
                "facings in the order of their shelf (longest common subsequence)",
            ),
            ("count", "right count", "数量正确", "planned facings of the SKUs with exactly as many facings as planned"),
        )
    ),
    Kpi(
        name="outlet-grade",
        title="Outlet grade",
        title_zh="门店评分",
        formula=(
            "sum of weight x min(value / target, 1) of the pillars known / sum of their weights x 100; the pillars: "
            "availability, own share, purity, planogram (right position), sell-out against the best quarter of its "
            "class; weights and targets per outlet class (docs/grades.md); a group has the mean of its outlets"
        ),
        unit="points of 100",
        grain="outlet",
        source="the KPIs of its pillars; records: grade_scheme",
        by=OF_OUTLETS,
    ),
    Kpi(
        name="demand-forecast",
        title="Demand forecast",
        title_zh="需求预测",
        formula=(
            "units that will be wanted: level x weekday x drivers, learned from daily sell-out with days without stock "
            "counted by the part they had stock, short series borrowing from outlets alike (docs/forecast.md); low and "
            "high nine times of ten; GET /api/v1/outlets/{outlet}/forecast"
        ),
        unit="products",
        grain="outlet, SKU, business day ahead",
        source="facts: sellout_day.sold, lost",
    ),
    Kpi(
        name="promo-roi",
        title="Promotion ROI",
        title_zh="促销投资回报率",
        formula=(
            "(incremental margin - cost) / cost; incremental margin: promoted SKUs during the promotion and in the 14 "
            "days after it, and sister SKUs, each against matched outlets without it by difference-in-differences; "
            "interval at 90% over outlets, with a verdict that can be 'cannot tell' (docs/promotions.md); "
            "GET /api/v1/promotions/{id}/study"
        ),
        unit="fraction",
        grain="promotion",
        source="facts: sellout_day.sold, shelf_line.facings; records: promotion, promotion_study",
    ),
    Kpi(
        name="coverage",
        title="Coverage",
        title_zh="数据覆盖率",
        formula=(
            "coolers with a usable photo within coverage_hours of now / coolers with a device; where every cooler "
            "replays photos of another time, 'now' is the newest of them"
        ),
        unit="coolers of coolers",
        grain="tenant",
        source="records: latest_observation, device",
    ),
)

BY_NAME = {kpi.name: kpi for kpi in KPIS}

_HEAD = """# KPI reference

Made from the registry in `cloud/analytics/registry.py`: `python -m cloud.analytics.registry > docs/kpi.md`.

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
- The totals of the overview are those of the coolers that report; see coverage.
- One camera a cooler: the latest usable photo of any of its devices stands for the whole cooler.

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
a usable photo, out of those with a device.

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

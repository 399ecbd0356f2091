"""What is missing, for how long, and what that costs."""

from __future__ import annotations

from cloud.analytics.kpis.kpi import DIMENSIONS, WITH_HOURS, Kpi
from cloud.analytics.query.cut import OF_PLACES, OF_PRODUCTS

KPIS: tuple[Kpi, ...] = (
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
        name="lost-sales",
        title="Lost sales",
        title_zh="缺货损失",
        formula="units wanted while there were none: rate of demand x time without stock, less what shoppers found in "
        "another cooler of the outlet; interval as for sell-out",
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
)

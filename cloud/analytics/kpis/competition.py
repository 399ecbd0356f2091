"""The own products among those of others."""

from __future__ import annotations

from cloud.analytics.kpis.kpi import WITH_HOURS, Kpi
from cloud.analytics.query.cut import OF_PLACES, TIMES

KPIS: tuple[Kpi, ...] = (
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
)

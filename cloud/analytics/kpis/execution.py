"""What should stand where, and how well that is done."""

from __future__ import annotations

from cloud.analytics.kpis.kpi import WITH_HOURS, Kpi
from cloud.analytics.query.cut import OF_OUTLETS, OF_PLACES, OF_PRODUCTS, TIMES

KPIS: tuple[Kpi, ...] = (
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
        name="price-compliance",
        title="Price compliance",
        title_zh="价签合规率",
        formula=(
            "price tags of own products that say the price of the catalogue, or while a price cut runs in the outlet "
            "the lower one, within 1% / price tags of own products that can be read; interval by the doubt of reading"
        ),
        unit="fraction",
        grain="cooler, SKU, photo",
        source="facts: price_tag; records: product.price, promotion",
        by=WITH_HOURS,
    ),
    Kpi(
        name="price-index",
        title="Price index",
        title_zh="价格指数",
        formula=(
            "mean of price on the tag / price that it ought to say (as for price compliance), of all products with a "
            "price in the catalogue; interval as if tags were drawn at random"
        ),
        unit="ratio",
        grain="cooler, SKU, photo",
        source="facts: price_tag; records: product.price, promotion",
        by=WITH_HOURS,
    ),
    Kpi(
        name="price-tags-read",
        title="Price tags read",
        title_zh="价签可读率",
        formula="price tags whose price can be read / price tags found; exact, as it speaks of the readings themselves",
        unit="fraction",
        grain="cooler, SKU, photo",
        source="facts: price_tag",
        by=WITH_HOURS,
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
)

"""What was sold, will be sold, and was earned by promotions."""

from __future__ import annotations

from cloud.analytics.kpis.kpi import DIMENSIONS, Kpi

KPIS: tuple[Kpi, ...] = (
    Kpi(
        name="sell-out",
        title="Sell-out",
        title_zh="动销量",
        formula=(
            "units sold, estimated from photos with the stock as a hidden state (docs/sell-out.md); low and high nine "
            "times of ten, errors of coolers taken as independent, those of days within a week as bound to each other"
        ),
        unit="products",
        grain="cooler, SKU, business day",
        source="facts: sellout_day.sold, sold_variance",
        by=DIMENSIONS,
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
)

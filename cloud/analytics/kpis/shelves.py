"""What stands on the shelves, as the photos show it."""

from __future__ import annotations

from cloud.analytics.kpis.kpi import WITH_HOURS, Kpi

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
        name="coverage",
        title="Coverage",
        title_zh="数据覆盖率",
        formula=(
            "coolers with a usable photo of all of it within coverage_hours of now / coolers with a device; beside it "
            "(in_part) those whose latest photo in that time shows a part alone, as a camera is broken: what is seen "
            "of them is in the totals; where every cooler replays photos of another time, 'now' is the newest of them"
        ),
        unit="coolers of coolers",
        grain="tenant",
        source="records: latest_observation, device",
    ),
)

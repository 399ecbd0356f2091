"""The tables of what is settled beforehand: products, outlets, coolers, planograms, promotions, weather."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from firmware_sim.world.calendar import HOLIDAYS, dates_of, hours_of
from firmware_sim.world.ledger.schemas import WHOLE
from firmware_sim.world.plan import WorldPlan
from firmware_sim.world.promotions import Promotion
from firmware_sim.world.regions import REGIONS


def place_tables(plan: WorldPlan) -> dict[str, pa.Table]:
    """Every table that is one file, by name."""
    rows = {
        "products": _products(plan),
        "outlets": _outlets(plan),
        "coolers": _coolers(plan),
        "planograms": _planograms(plan),
        "promotions": [_promotion(plan, promotion) for promotion in plan.promotions],
        "holidays": _holidays(plan),
    }
    tables = {name: pa.Table.from_pylist(found, schema=WHOLE[name]) for name, found in rows.items()}
    return {**tables, "temperatures": _temperatures(plan)}


def _day(plan: WorldPlan, day: int) -> date:
    return plan.job.settings.start + timedelta(days=day)


def _products(plan: WorldPlan) -> list[dict[str, Any]]:
    return [{name: getattr(pack, name) for name in WHOLE["products"].names} for pack in plan.packs]


def _outlets(plan: WorldPlan) -> list[dict[str, Any]]:
    return [
        {
            "outlet": outlet.id,
            "name": outlet.name,
            "name_zh": outlet.name_zh,
            "region": outlet.region.id,
            "timezone": outlet.region.timezone,
            "class": outlet.outlet_class,
            "store_type": outlet.store.id,
            "neighbourhood": outlet.store.neighbourhood,
            "footfall": outlet.footfall,
            "income": outlet.income,
            "depot_km": outlet.depot_km,
            "opens": outlet.store.opens,
            "closes": outlet.store.closes,
            "delivery_weekdays": list(outlet.delivery_weekdays),
            "supply": outlet.supply,
            "turnover": outlet.turnover,
        }
        for outlet in plan.outlets
    ]


def _coolers(plan: WorldPlan) -> list[dict[str, Any]]:
    return [
        {
            "cooler": cooler.id,
            "outlet": outlet.id,
            "name": cooler.name,
            "name_zh": cooler.name_zh,
            "type": cooler.type,
            "gravity": cooler.gravity,
            "capacity": max(sum(found.planogram.capacity().values()) for found in plan.installed(outlet, cooler)),
        }
        for outlet in plan.outlets
        for cooler in plan.coolers(outlet)
    ]


def _planograms(plan: WorldPlan) -> list[dict[str, Any]]:
    return [
        {
            "planogram": version.id,
            "class": outlet_class,
            "type": cooler_type,
            "version": version.version,
            "valid_from": _day(plan, version.valid_from),
            "row": row,
            "column": column,
            "sku": lane.sku,
            "depth": lane.depth,
            "width_mm": round(lane.width_mm, 1),
        }
        for (outlet_class, cooler_type, _), versions in plan.planograms.items()
        for version in versions
        for row, lanes in enumerate(version.rows)
        for column, lane in enumerate(lanes)
    ]


def _promotion(plan: WorldPlan, promotion: Promotion) -> dict[str, Any]:
    return {
        "promotion": promotion.id,
        "brand": promotion.brand,
        "mechanic": promotion.mechanic,
        "skus": list(promotion.skus),
        "sisters": list(promotion.sisters),
        "outlets": [plan.outlets[number].id for number in promotion.outlets],
        "begins": _day(plan, promotion.begins),
        "ends": _day(plan, promotion.ends),
        "discount": promotion.discount,
        "cost": promotion.cost,
        "true_lift": promotion.lift,
        "true_cannibalisation": promotion.cannibalisation,
        "true_dip": promotion.dip,
        "true_dip_days": promotion.dip_days,
    }


def _holidays(plan: WorldPlan) -> list[dict[str, Any]]:
    days = dates_of(plan.job.settings.start, plan.job.days)
    found = ((day, HOLIDAYS.get((day.month, day.day))) for day in days)
    return [{"date": day, "name": name} for day, name in found if name]


def _temperatures(plan: WorldPlan) -> pa.Table:
    """Hour by hour; a local hour that does not exist, as clocks go forward, is left out."""
    start, days = plan.job.settings.start, plan.job.days
    parts = []
    for region, celsius in plan.temperatures.items():
        hours = hours_of(REGIONS[region].timezone, start, days)
        at = hours[:, :24].ravel()
        real = np.diff(hours.reshape(days, 25), axis=1).ravel() > 0
        names = pa.DictionaryArray.from_arrays(np.zeros(int(real.sum()), np.int32), [region])
        columns = [names, pa.array(at[real] * 1000, pa.int64()).cast(WHOLE["temperatures"].field("at").type),
                   pa.array(celsius.ravel()[real])]  # fmt: skip
        parts.append(pa.Table.from_arrays(columns, schema=WHOLE["temperatures"]))
    return pa.concat_tables(parts).unify_dictionaries()

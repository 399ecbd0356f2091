"""A simulated week as JSON: its products, its places, and the truth about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from datasets.products.packs import Catalogue
from facings.clock import format_utc
from firmware_sim.world.calendar import moment
from firmware_sim.world.coolers import Cooler
from firmware_sim.world.history import NONE, CoolerHistory, Incident, IncidentKind, Kind, Source
from firmware_sim.world.ledger.outlets import names_of
from firmware_sim.world.places import Outlet
from firmware_sim.world.week.job import Week

FORMAT_VERSION = 1
_PRODUCT_KEYS = (
    "sku",
    "name",
    "name_zh",
    "brand",
    "owner",
    "pack_type",
    "size_ml",
    "width_mm",
    "height_mm",
    "price",
    "gtin",
)
_INCIDENTS = names_of(IncidentKind)


def catalogue_json(catalogue: Catalogue) -> dict[str, Any]:
    """catalogue.json."""
    products = [{key: getattr(pack, key) for key in _PRODUCT_KEYS} for pack in catalogue]
    return {"version": FORMAT_VERSION, "products": products}


def outlets_json(week: Week) -> dict[str, Any]:
    """outlets.json."""
    return {"version": FORMAT_VERSION, "outlets": [_outlet(outlet, week) for outlet in week.plan.outlets]}


def truth_json(week: Week, photos: list[dict[str, Any]]) -> dict[str, Any]:
    """truth.json; `photos` is the truth of each photo without its units."""
    stock_outs = [_stock_out(history, found) for history in week.histories for found in history.stock_outs]
    coolers = [_cooler_truth(history, week.plan.catalogue) for history in week.histories]
    return {
        "version": FORMAT_VERSION,
        "job": asdict(week.job),
        "begins": _utc(min(history.begins for history in week.histories)),
        "ends": _utc(max(history.ends for history in week.histories)),
        "photos": photos,
        "coolers": coolers,
        "stock_outs": stock_outs,
        "deliveries": [delivery for history in week.histories for delivery in _deliveries(history)],
        "totals": {
            "photos": len(photos),
            "stock_outs": len(stock_outs),
            **{key: sum(cooler[key] for cooler in coolers) for key in ("sales", "refills", "removed", "lost")},
            "sales_value": round(sum(cooler["sales_value"] for cooler in coolers), 2),
        },
    }


def _utc(seconds: int) -> str:
    return format_utc(moment(seconds))


def _outlet(outlet: Outlet, week: Week) -> dict[str, Any]:
    histories = [history for history in week.histories if history.outlet.id == outlet.id]
    return {
        "id": outlet.id,
        "name": outlet.name,
        "name_zh": outlet.name_zh,
        "region": outlet.region.id,
        "class": outlet.outlet_class,
        "timezone": outlet.region.timezone,
        "opens": f"{outlet.store.opens:02d}:00",
        "closes": f"{outlet.store.closes:02d}:00",
        "delivery_weekdays": list(outlet.delivery_weekdays),
        "coolers": [_cooler(history.cooler, history) for history in histories],
    }


def _cooler(cooler: Cooler, history: CoolerHistory) -> dict[str, Any]:
    rows = history.installed[0].planogram.rows
    return {
        "id": cooler.id,
        "name": cooler.name,
        "name_zh": cooler.name_zh,
        "gravity": cooler.gravity,
        "planogram": [[{"sku": lane.sku, "depth": lane.depth} for lane in row] for row in rows],
    }


def _stock_out(history: CoolerHistory, found: tuple[int, int, int]) -> dict[str, Any]:
    sku, begins, ends = found
    end = None if ends == NONE else _utc(ends)
    return {"cooler": history.cooler.id, "sku": history.skus[sku], "start": _utc(begins), "end": end}


def _cooler_truth(history: CoolerHistory, catalogue: Catalogue) -> dict[str, Any]:
    moved: dict[Kind, Counter[str]] = {kind: Counter() for kind in Kind}
    for movement in history.movements:
        moved[movement.kind][history.skus[movement.sku]] += movement.units
    lost: Counter[str] = Counter()
    for want in history.lost:
        lost[history.skus[want.sku]] += want.units
    return {
        "cooler": history.cooler.id,
        "outlet": history.outlet.id,
        "sales": moved[Kind.SALE].total(),
        "refills": moved[Kind.REFILL].total(),
        "removed": moved[Kind.REMOVAL].total(),
        "lost": lost.total(),
        "sales_value": round(sum(catalogue[sku].price * units for sku, units in moved[Kind.SALE].items()), 2),
        "skus": _sku_truths(history, moved, lost),
        "incidents": [_incident(history, incident) for incident in history.incidents],
    }


def _sku_truths(history: CoolerHistory, moved: Mapping[Kind, Counter[str]], lost: Counter[str]) -> list[dict[str, Any]]:
    """Of every SKU that was in the cooler, came into it or has a place in it: opening + refills - sales - removed =
    closing."""
    stock = {sku: (history.opening[number], history.closing[number]) for number, sku in enumerate(history.skus)}
    capacity = history.installed[0].planogram.capacity()
    held = {sku for sku, (opening, _) in stock.items() if opening}
    return [
        {
            "sku": sku,
            "opening": stock[sku][0],
            "refills": moved[Kind.REFILL][sku],
            "sales": moved[Kind.SALE][sku],
            "removed": moved[Kind.REMOVAL][sku],
            "closing": stock[sku][1],
            "lost": lost[sku],
            "capacity": capacity.get(sku, 0),
        }
        for sku in sorted({*held, *capacity, *moved[Kind.REFILL]})
    ]


def _incident(history: CoolerHistory, incident: Incident) -> dict[str, Any]:
    return {
        "at": _utc(incident.at),
        "kind": _INCIDENTS[incident.kind],
        "sku": history.skus[incident.sku],
        "row": incident.row,
        "column": incident.column,
        "units": incident.units,
    }


def _deliveries(history: CoolerHistory) -> list[dict[str, Any]]:
    lines: dict[int, list[dict[str, Any]]] = {}
    for movement in history.movements:
        if movement.source == Source.DELIVERY:
            line = {"sku": history.skus[movement.sku], "units": movement.units}
            lines.setdefault(movement.at, []).append(line)
    place = {"cooler": history.cooler.id, "outlet": history.outlet.id}
    return [{"at": _utc(at), **place, "lines": brought} for at, brought in lines.items()]

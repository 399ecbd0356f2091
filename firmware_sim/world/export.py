"""Writes a simulated week to a folder; docs/simulator.md describes its files."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from rich.console import Console

from datasets.compose.packshots import write_gallery
from datasets.files import claim_folder, jpeg, sha256_of, write_atomic
from datasets.parallel import for_each
from datasets.products.packs import Catalogue
from facings.clock import format_utc
from facings.replay import REPLAY_FILE, ReplayManifest, ReplayPhoto
from firmware_sim.world.photos import JPEG_QUALITY, photo_truth, take_photo
from firmware_sim.world.places import Cooler, Outlet
from firmware_sim.world.week import CoolerHistory, Incident, PhotoMoment, World, simulate

FORMAT_VERSION = 1


@dataclass(frozen=True)
class WeekJob:
    """What a week is made from; the same job always gives the same files."""

    coolers: int
    outlets: int
    days: int
    photos_per_day: int
    seed: int


def write_week(job: WeekJob, out: Path, workers: int, console: Console) -> World:
    """Simulates the week and writes it under `out`; a stopped run goes on where it was.

    Raises:
        BadInputError: the folder holds a week of another job.
    """
    claim_folder(out, asdict(job))
    world = _world(job)
    _write_json(out / "catalogue.json", _catalogue(world.catalogue))
    _write_json(out / "outlets.json", _places(world))
    write_gallery(world.catalogue, out / "gallery", console)
    photos = [
        (number, index)
        for number, history in enumerate(world.histories)
        for index, moment in enumerate(history.photos)
        if not _truth_file(out, history.cooler, moment).exists()
    ]
    for_each(partial(_write_photo, job, out), photos, workers, "Photos", console)
    for history in world.histories:
        _write_manifest(out, history)
    _write_json(out / "truth.json", _truth(job, world, out))
    return world


@lru_cache(maxsize=1)
def _world(job: WeekJob) -> World:
    return simulate(**asdict(job))


def _write_json(path: Path, content: Any) -> None:
    write_atomic(path, json.dumps(content, ensure_ascii=False, indent=1).encode())


def _stamp(moment: PhotoMoment) -> str:
    return moment.at.strftime("%Y%m%dT%H%M%SZ")


def _truth_file(out: Path, cooler: Cooler, moment: PhotoMoment) -> Path:
    return out / "coolers" / cooler.id / "truth" / f"{_stamp(moment)}.json"


def _write_photo(job: WeekJob, out: Path, which: tuple[int, int]) -> None:
    number, index = which
    world = _world(job)
    history = world.histories[number]
    moment = history.photos[index]
    scene = take_photo(history.cooler, moment, world.catalogue, number, job.seed)
    content = jpeg(scene.pixels, JPEG_QUALITY)
    file = f"photos/{_stamp(moment)}.jpg"
    write_atomic(out / "coolers" / history.cooler.id / file, content)
    truth = photo_truth(history.cooler, moment, scene)
    truth |= {"file": file, "sha256": sha256_of(content), "bytes": len(content)}
    truth["units"] = [asdict(unit) for unit in scene.units]
    # The truth is written last: where it is, the photo is whole.
    write_atomic(_truth_file(out, history.cooler, moment), json.dumps(truth, ensure_ascii=False).encode())


def _photo_truths(out: Path, history: CoolerHistory) -> list[dict[str, Any]]:
    files = (_truth_file(out, history.cooler, moment) for moment in history.photos)
    return [json.loads(file.read_text()) for file in files]


def _write_manifest(out: Path, history: CoolerHistory) -> None:
    entries = tuple(
        ReplayPhoto(at=truth["at"], file=truth["file"], sha256=truth["sha256"], bytes=truth["bytes"])
        for truth in _photo_truths(out, history)
    )
    manifest = ReplayManifest(cooler=history.cooler.id, entries=entries)
    write_atomic(out / "coolers" / history.cooler.id / REPLAY_FILE, manifest.model_dump_json(indent=1).encode())


def _catalogue(catalogue: Catalogue) -> dict[str, Any]:
    keys = (
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
    return {"version": FORMAT_VERSION, "products": [{key: getattr(pack, key) for key in keys} for pack in catalogue]}


def _places(world: World) -> dict[str, Any]:
    return {
        "version": FORMAT_VERSION,
        "outlets": [_outlet(outlet, world) for outlet in world.outlets],
    }


def _outlet(outlet: Outlet, world: World) -> dict[str, Any]:
    coolers = [history.cooler for history in world.histories if history.outlet.id == outlet.id]
    return {
        "id": outlet.id,
        "name": outlet.name,
        "name_zh": outlet.name_zh,
        "region": outlet.region,
        "class": outlet.outlet_class,
        "timezone": outlet.timezone,
        "opens": outlet.opens.strftime("%H:%M"),
        "closes": outlet.closes.strftime("%H:%M"),
        "delivery_weekdays": list(outlet.delivery_weekdays),
        "coolers": [_cooler(cooler) for cooler in coolers],
    }


def _cooler(cooler: Cooler) -> dict[str, Any]:
    return {
        "id": cooler.id,
        "name": cooler.name,
        "name_zh": cooler.name_zh,
        "gravity": cooler.gravity,
        "planogram": [[{"sku": lane.sku, "depth": lane.depth} for lane in row] for row in cooler.planogram],
    }


def _truth(job: WeekJob, world: World, out: Path) -> dict[str, Any]:
    photos = [truth for history in world.histories for truth in _photo_truths(out, history)]
    for photo in photos:
        del photo["units"]
    stock_outs = [stock_out for history in world.histories for stock_out in history.stock_outs()]
    coolers = [_cooler_truth(history, world.catalogue) for history in world.histories]
    return {
        "version": FORMAT_VERSION,
        "job": asdict(job),
        "begins": format_utc(min(history.begins for history in world.histories)),
        "ends": format_utc(max(history.ends for history in world.histories)),
        "photos": photos,
        "coolers": coolers,
        "stock_outs": [
            {
                "cooler": stock_out.cooler,
                "sku": stock_out.sku,
                "start": format_utc(stock_out.start),
                "end": format_utc(stock_out.end) if stock_out.end else None,
            }
            for stock_out in stock_outs
        ],
        "deliveries": [delivery for history in world.histories for delivery in _deliveries(history)],
        "totals": {
            "photos": len(photos),
            "stock_outs": len(stock_outs),
            **{key: sum(cooler[key] for cooler in coolers) for key in ("sales", "refills", "removed", "lost")},
            "sales_value": round(sum(cooler["sales_value"] for cooler in coolers), 2),
        },
    }


def _cooler_truth(history: CoolerHistory, catalogue: Catalogue) -> dict[str, Any]:
    balances = history.balances()
    capacity = history.cooler.capacity()
    return {
        "cooler": history.cooler.id,
        "outlet": history.outlet.id,
        "sales": sum(balance.sales for balance in balances.values()),
        "refills": sum(balance.refills for balance in balances.values()),
        "removed": sum(balance.removed for balance in balances.values()),
        "lost": sum(history.lost.values()),
        "sales_value": round(sum(catalogue[sku].price * balance.sales for sku, balance in balances.items()), 2),
        "skus": [
            {"sku": sku, **asdict(balance), "lost": history.lost[sku], "capacity": capacity.get(sku, 0)}
            for sku, balance in balances.items()
        ],
        "incidents": [_incident(incident) for incident in history.incidents],
    }


def _incident(incident: Incident) -> dict[str, Any]:
    return asdict(incident) | {"at": format_utc(incident.at)}


def _deliveries(history: CoolerHistory) -> list[dict[str, Any]]:
    lines: dict[str, list[dict[str, Any]]] = {}
    for movement in history.movements:
        if movement.source == "delivery":
            lines.setdefault(format_utc(movement.at), []).append({"sku": movement.sku, "units": movement.units})
    place = {"cooler": history.cooler.id, "outlet": history.outlet.id}
    return [{"at": at, **place, "lines": brought} for at, brought in lines.items()]

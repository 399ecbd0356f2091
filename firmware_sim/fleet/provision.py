"""Makes a fleet's products, outlets, coolers, planograms and devices exist in the cloud, over its REST API."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from datasets.products.packs import Pack
from facings.errors import BadInputError, FacingsError, UnavailableError
from facings.files import write_private
from firmware_sim.demo.api import Api, ConflictError
from firmware_sim.fleet.shelves import FleetCooler, FleetWorld, Plan
from firmware_sim.world.places import Outlet

_MOST_ROWS = 250
"""Of one request: it shall be answered well within the time that programs wait."""
_PATIENCE_S = 180.0
"""A cloud that has just taken thousands of devices has live numbers to publish and logins to tell the broker."""

Progress = Callable[[int, int], Any]


@contextmanager
def admin_api(url: str, email: str, password: str) -> Iterator[Api]:
    """The API with the rights of an admin who signs in, through an API key that lives as long as the block.

    Raises:
        UnavailableError: nobody answers there.
        FacingsError: the sign-in is wrong, or the person is no admin.
    """
    try:
        with httpx.Client(base_url=f"{url}/api/v1", timeout=_PATIENCE_S) as client:
            _must(client.post("/session", json={"email": email, "password": password}), "signing in")
            made = _must(client.post("/keys", json={"name": "simulated fleet", "role": "admin"}), "making an API key")
            api = Api(url, made["key"])
            try:
                yield api
            finally:
                api.close()
                client.delete(f"/keys/{made['id']}")
    except httpx.HTTPError as error:
        raise UnavailableError(f"{url}: no answer ({error or type(error).__name__})") from error


def _must(answer: httpx.Response, what: str) -> Any:
    if answer.is_error:
        raise FacingsError(f"{what} at {answer.request.url.host}: {answer.status_code} {answer.text[:200]}")
    return answer.json() if answer.content else None


def provision(
    api: Api, world: FleetWorld, keys_file: Path, progress: Progress = lambda _done, _all: None
) -> dict[str, str]:
    """The key of each cooler's device; those in `keys_file` are taken as they are, the others made and kept there.

    Raises:
        BadInputError: the cloud has a device whose key is not in the file.
        FacingsError: the cloud refuses something; its text says why.
    """
    keys = read_keys(keys_file)
    missing = [cooler for cooler in world.coolers if cooler.id not in keys]
    if not missing:
        return keys
    _put(api, "/products", "products", [_product(pack, world.owner) for pack in world.catalogue])
    _put(api, "/outlets", "outlets", [_outlet(outlet) for outlet in world.outlets()])
    planograms = _add_planograms(api, missing)
    _put(api, "/coolers", "coolers", [_cooler(cooler, planograms[cooler.plan]) for cooler in missing])
    try:
        for first in range(0, len(missing), _MOST_ROWS):
            keys |= _add_devices(api, [cooler.id for cooler in missing[first : first + _MOST_ROWS]])
            progress(min(first + _MOST_ROWS, len(missing)), len(missing))
    finally:  # a key is told once: what was made must not be lost
        write_private(keys_file, json.dumps(keys, indent=1))
    return keys


def read_keys(file: Path) -> dict[str, str]:
    """Device -> key, of a JSON file; none where there is no file.

    Raises:
        BadInputError: the file is no JSON object of texts.
    """
    if not file.exists():
        return {}
    try:
        keys = json.loads(file.read_bytes())
    except ValueError as error:
        raise BadInputError(f"{file}: not JSON: {error}") from error
    if not isinstance(keys, dict) or not all(isinstance(key, str) for key in keys.values()):
        raise BadInputError(f"{file}: expected an object of device ids and their keys")
    return keys


def _add_devices(api: Api, names: list[str]) -> dict[str, str]:
    """A device for each of these coolers, named as it; their keys."""
    try:
        made = api.post("/devices/batch", {"devices": [{"id": name, "cooler": name} for name in names]})
    except ConflictError as error:
        raise BadInputError(
            f"{error}, and the cloud tells its key to nobody: give the file of the keys with --keys, or "
            "take a tenant of its own for the fleet"
        ) from error
    return {one["id"]: one["key"] for one in made["devices"]}


def _put(api: Api, path: str, name: str, rows: list[dict[str, Any]]) -> None:
    for first in range(0, len(rows), _MOST_ROWS):
        api.put(path, {name: rows[first : first + _MOST_ROWS]})


def _add_planograms(api: Api, coolers: list[FleetCooler]) -> dict[Plan, int]:
    """The id of each planogram; coolers share them."""
    plans = dict.fromkeys(cooler.plan for cooler in coolers)
    ids: dict[Plan, int] = {}
    for number, plan in enumerate(plans, start=1):
        rows = [[{"sku": sku, "depth": depth} for sku, depth in row] for row in plan]
        ids[plan] = api.post("/planograms", {"name": f"fleet-{number}", "rows": rows})["id"]
    return ids


def _product(pack: Pack, owner: str) -> dict[str, Any]:
    same = ("sku", "name", "name_zh", "brand", "owner", "size_ml", "width_mm", "height_mm", "price", "gtin")
    return {**{key: getattr(pack, key) for key in same}, "pack": pack.pack_type, "own": pack.owner == owner,
            "currency": "CNY", "case_units": 6}  # fmt: skip


def _outlet(outlet: Outlet) -> dict[str, Any]:
    same = ("id", "name", "name_zh", "outlet_class")
    region = outlet.region
    return {**{key: getattr(outlet, key) for key in same}, "region": region.id, "timezone": region.timezone}


def _cooler(cooler: FleetCooler, planogram: int) -> dict[str, Any]:
    name, name_zh = cooler.names
    return {
        "id": cooler.id,
        "outlet_id": cooler.outlet.id,
        "name": name,
        "name_zh": name_zh,
        "gravity_feed": cooler.history.cooler.gravity,
        "planogram_id": planogram,
    }

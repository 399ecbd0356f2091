"""Sets the product up as a customer would: a tenant and its admin, products, outlets, coolers, planograms, devices."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from facings.clock import SystemClock, format_utc
from facings.files import write_private
from firmware_sim.demo.api import Api
from firmware_sim.demo.children import facings
from firmware_sim.demo.pace import Pace
from firmware_sim.demo.page import PageLogin
from firmware_sim.demo.week import Week

TENANT = "northwind"
EMAIL = "demo@northwind.example"

_CASE_UNITS = 6
_CURRENCY = "CNY"
_LEAD = timedelta(seconds=8)
"""Until the first photo: the daemon loads its models first."""


@dataclass(frozen=True)
class SignIn:
    """How to get into the demo: for a person, and for a program."""

    email: str
    password: str
    api_key: str


@dataclass(frozen=True)
class Endpoints:
    """Where the running cloud listens."""

    http: str
    mqtt: str

    @classmethod
    def read(cls, file: Path) -> Endpoints:
        """As the cloud has written them."""
        found = json.loads(file.read_text(encoding="utf-8"))
        return cls(found["http"], found["mqtt"])


def add_people(cloud_dir: Path) -> SignIn:
    """The tenant, a person who signs in, and a key for the demo's own programs; before the cloud's first start."""
    where = ("--data-dir", str(cloud_dir))
    password = secrets.token_urlsafe(9)
    facings("cloud", "tenant", "add", TENANT, "--name", "Northwind Drinks", *where)
    role = ("--tenant", TENANT, "--role", "admin")
    facings("cloud", "user", "add", EMAIL, "--password", password, *role, *where)
    key = facings("cloud", "key", "add", "demo", *role, *where).strip()
    return SignIn(EMAIL, password, key)


def add_places(api: Api, week: Week) -> None:
    """Products, outlets, planograms and coolers of the week."""
    api.put("/products", {"products": [_product(product, week) for product in week.products]})
    api.put("/outlets", {"outlets": [_outlet(outlet) for outlet in week.outlets]})
    api.put("/coolers", {"coolers": [_cooler(api, outlet, cooler) for outlet, cooler in _coolers(week)]})


def add_devices(api: Api, week: Week) -> dict[str, str]:
    """One device in each cooler, of the same name; the key of each."""
    return {cooler: api.post("/devices", {"id": cooler, "cooler": cooler})["key"] for cooler in week.outlet_of}


def page_login(api: Api) -> PageLogin:
    """What a page of the tenant connects with."""
    login = api.get("/live")
    return PageLogin(login["websocket_url"], login["username"], login["password"], TENANT)


def write_device_configs(
    folder: Path, week: Week, gallery: Path, keys: dict[str, str], endpoints: Endpoints, pace: Pace
) -> list[Path]:
    """The settings file of each device, for `facings edge run`."""
    began = SystemClock().now() + _LEAD
    files = []
    for number, (cooler, key) in enumerate(sorted(keys.items())):
        text = _DEVICE.format(
            tenant=TENANT,
            device=cooler,
            state_dir=_quoted(folder / cooler),
            mqtt=endpoints.mqtt,
            key=key,
            http=endpoints.http,
            photos=_quoted(week.replay_folder(cooler).resolve()),
            speed=pace.speed,
            start_at=format_utc(began + pace.delay(number)),
            gallery=_quoted(gallery),
            threads=pace.threads,
        )
        file = folder / f"{cooler}.toml"
        write_private(file, text)
        files.append(file)
    return files


_DEVICE = """\
tenant = "{tenant}"
device = "{device}"
state_dir = {state_dir}

[broker]
url = "{mqtt}"
password = "{key}"

[cloud]
url = "{http}"

[camera]
kind = "replay"
folder = {photos}
speed = {speed:.3f}
start_at = "{start_at}"

[vision]
gallery = {gallery}
threads = {threads}
"""


def _quoted(path: Path) -> str:
    return json.dumps(str(path), ensure_ascii=False)  # a JSON string is a TOML string


def _coolers(week: Week) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [(outlet, cooler) for outlet in week.outlets for cooler in outlet["coolers"]]


def _product(product: dict[str, Any], week: Week) -> dict[str, Any]:
    same = ("sku", "name", "name_zh", "brand", "owner", "size_ml", "width_mm", "height_mm", "price", "gtin")
    return {
        **{key: product[key] for key in same},
        "pack": product["pack_type"],
        "own": product["sku"] in week.own,
        "currency": _CURRENCY,
        "case_units": _CASE_UNITS,
    }


def _outlet(outlet: dict[str, Any]) -> dict[str, Any]:
    same = ("id", "name", "name_zh", "region", "timezone")
    return {**{key: outlet[key] for key in same}, "outlet_class": outlet["class"]}


def _cooler(api: Api, outlet: dict[str, Any], cooler: dict[str, Any]) -> dict[str, Any]:
    planogram = api.post("/planograms", {"name": cooler["id"], "rows": cooler["planogram"]})
    return {
        "id": cooler["id"],
        "outlet_id": outlet["id"],
        "name": cooler["name"],
        "name_zh": cooler["name_zh"],
        "gravity_feed": cooler.get("gravity", False),  # older weeks do not tell
        "planogram_id": planogram["id"],
    }

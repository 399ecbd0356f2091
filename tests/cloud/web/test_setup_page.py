"""The first steps: from a company with nothing to a device with its key, page by page."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from html import unescape
from re import DOTALL, search

import cv2
import httpx
import numpy as np
import pytest

from cloud.catalog.galleries.models import GalleryPictureRow, GalleryVersion
from cloud.catalog.models import Product
from cloud.fleet.models import Device
from cloud.identity.service import create_tenant, create_user, operator
from cloud.outlets.models import Cooler, Outlet
from cloud.services import Services
from tests.cloud.web.conftest import english_texts, signed_in
from tests.cloud.web.test_web_pages import HTMX, text_of
from tests.support.cloud import PASSWORD

PEAR = {"name": "Solara Pear 330 ml can", "brand": "Solara", "owner": "Fresh", "own": "true"}
KIOSK = {"name": "Kiosk", "region": "east", "outlet_class": "kiosk", "timezone": "Asia/Shanghai"}
COOLER = {"outlet_id": "kiosk", "name": "Entrance", "cooler_type": "two-door", "owned": "true"}


@pytest.fixture
def fresh(services: Services, web: httpx.Client) -> Iterator[httpx.Client]:
    """The browser of the admin of a company with nothing."""
    with services.records.all_tenants() as session:
        create_tenant(session, "fresh", "Fresh Drinks")
    with services.records.session("fresh") as session:
        for role in ("admin", "manager", "viewer"):
            create_user(session, operator("fresh"), f"{role}@fresh.example", PASSWORD, role)
    yield signed_in(web, "admin@fresh.example")


def sent(browser: httpx.Client, what: str, form: dict[str, str]) -> str:
    return text_of(browser.post(f"/setup/{what}", data=form, headers=HTMX))


def picture(shade: int) -> bytes:
    return cv2.imencode(".png", np.full((40, 20, 3), shade, np.uint8))[1].tobytes()


def test_a_company_with_nothing_is_led_to_its_first_device(services: Services, fresh: httpx.Client) -> None:
    assert 'href="/setup"' in fresh.get("/").text
    assert "Added. Now its pictures." in sent(fresh, "products", PEAR)
    files = [("pictures", (f"{shade}.png", picture(shade), "image/png")) for shade in (40, 200)]
    answer = fresh.post("/setup/pictures", data={"sku": "solara-pear-330-ml-can"}, files=files, headers=HTMX)
    assert "Published. Every cooler fetches the new gallery now." in text_of(answer)
    assert "The outlet is added." in sent(fresh, "outlets", KIOSK)
    assert "The cooler is added." in sent(fresh, "coolers", COOLER)
    made = fresh.post("/setup/devices", data={"cooler": "kiosk-entrance"}, headers=HTMX).text
    found = search(r"<pre><code>(.*?)</code></pre>", made, DOTALL)
    assert found
    settings = tomllib.loads(unescape(found[1]))
    assert (settings["tenant"], settings["device"]) == ("fresh", "kiosk-entrance")
    assert settings["broker"]["password"] not in fresh.get("/setup").text
    with services.records.session("fresh") as session:
        (product, outlet, cooler) = (session.query(table).one() for table in (Product, Outlet, Cooler))
        assert (product.sku, product.own) == ("solara-pear-330-ml-can", True)
        assert (outlet.id, outlet.region, outlet.timezone) == ("kiosk", "east", "Asia/Shanghai")
        assert (cooler.id, cooler.outlet_id, cooler.cooler_type, cooler.owned) == (
            "kiosk-entrance",
            "kiosk",
            "two-door",
            True,
        )
        assert session.query(GalleryPictureRow).count() == 2
        assert session.query(GalleryVersion).one().version == 1
        assert session.query(Device).one().cooler_id == "kiosk-entrance"
    assert "1 cooler has one" in text_of(fresh.get("/setup"))


@pytest.mark.parametrize(
    ("what", "form", "told"),
    [
        ("products", PEAR | {"brand": ""}, "Fill in name, brand and owner."),
        ("products", PEAR | {"gtin": "123"}, "This is no GTIN: check its digits."),
        ("products", PEAR | {"price": "cheap"}, "The price is a number such as 1.99"),
        ("products", PEAR | {"price": "1.99", "currency": "euro"}, "three capital letters such as EUR"),
        ("outlets", KIOSK | {"name": " "}, "Give it a name."),
        ("outlets", KIOSK | {"timezone": "Asia/Nowhere"}, "There is no such time zone"),
        ("coolers", COOLER | {"outlet_id": ""}, "Choose its outlet."),
        ("coolers", COOLER | {"outlet_id": "elsewhere"}, "It is there no longer."),
        ("devices", {"cooler": "kiosk-entrance", "device": "Kiosk 1"}, "Take lower-case letters, digits and dashes"),
        ("devices", {"cooler": "kiosk-entrance"}, "It is there no longer."),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(
    services: Services, fresh: httpx.Client, what: str, form: dict[str, str], told: str
) -> None:
    assert told in sent(fresh, what, form)
    with services.records.session("fresh") as session:
        assert [session.query(table).count() for table in (Product, Outlet, Cooler, Device)] == [0, 0, 0, 0]


def test_a_product_may_have_a_price(services: Services, fresh: httpx.Client) -> None:
    sent(fresh, "products", PEAR | {"price": "1.99", "currency": "EUR"})
    with services.records.session("fresh") as session:
        product = session.query(Product).one()
        assert (product.price, product.currency) == (Decimal("1.99"), "EUR")


def test_pictures_are_taken_all_or_none(services: Services, fresh: httpx.Client) -> None:
    sent(fresh, "products", PEAR)
    files = [("pictures", ("a.png", picture(40), "image/png")), ("pictures", ("b.png", b"no picture", "image/png"))]
    answer = fresh.post("/setup/pictures", data={"sku": "solara-pear-330-ml-can"}, files=files, headers=HTMX)
    assert "One of these is no picture that helps" in text_of(answer)
    with services.records.session("fresh") as session:
        assert session.query(GalleryPictureRow).count() == 0


def test_pictures_are_of_a_product_that_there_is(services: Services, fresh: httpx.Client) -> None:
    files = [("pictures", ("a.png", picture(40), "image/png"))]
    answer = fresh.post("/setup/pictures", data={"sku": "rival"}, files=files, headers=HTMX)
    assert "It is there no longer." in text_of(answer)
    with services.records.session("fresh") as session:
        assert session.query(GalleryPictureRow).count() == 0


def test_a_picture_is_of_one_product(fresh: httpx.Client) -> None:
    for product, told in (("Pear", "Published."), ("Plum", "One of these is no picture that helps")):
        sent(fresh, "products", PEAR | {"name": product})
        files = [("pictures", ("a.png", picture(40), "image/png"))]
        answer = fresh.post("/setup/pictures", data={"sku": product.lower()}, files=files, headers=HTMX)
        assert told in text_of(answer)


def test_names_may_be_alike_and_chinese(services: Services, fresh: httpx.Client) -> None:
    for name in ("Kiosk", "Kiosk", "翠园杂货铺"):
        sent(fresh, "outlets", KIOSK | {"name": name})
    with services.records.session("fresh") as session:
        assert {one.id for one in session.query(Outlet)} == {"kiosk", "kiosk-2", "outlet"}
    assert "It is there already: take another name or number." in sent(fresh, "products", PEAR) + sent(
        fresh, "products", PEAR
    )


def test_who_may_do_what(fresh: httpx.Client) -> None:
    assert signed_in(fresh, "manager@fresh.example").post("/setup/outlets", data=KIOSK).status_code == 200
    assert "Only admins provision devices." in text_of(fresh.get("/setup"))
    assert fresh.post("/setup/devices", data={"cooler": "kiosk-entrance"}).status_code == 403
    assert "Your role may look" in text_of(signed_in(fresh, "viewer@fresh.example").get("/setup"))
    assert fresh.post("/setup/outlets", data=KIOSK).status_code == 403


def test_what_is_refused_is_told_on_the_page_that_is_there(fresh: httpx.Client) -> None:
    large = [("pictures", ("a.png", b"x" * (8 * 1024 * 1024 + 1), "image/png"))]
    refused = fresh.post("/setup/pictures", data={"sku": "pear"}, files=large, headers=HTMX)
    forbidden = signed_in(fresh, "viewer@fresh.example").post("/setup/outlets", data=KIOSK, headers=HTMX)
    for answer, status, told in ((refused, 413, "send the files in parts"), (forbidden, 403, "not for your role")):
        assert (answer.status_code, answer.headers["hx-reswap"]) == (status, "none")
        assert told in answer.text
        assert "<main" not in answer.text


def test_it_speaks_chinese(fresh: httpx.Client) -> None:
    fresh.post("/preferences", data={"language": "zh-Hans"})
    seen = text_of(fresh.get("/setup"))
    assert {text for text in english_texts() if text in seen} == set()

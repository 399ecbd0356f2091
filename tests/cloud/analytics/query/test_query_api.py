"""One way to ask for any KPI: cut, narrowed, paged, and in every format the same numbers."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from cloud.analytics.query.cut import TIMES
from cloud.analytics.registry import KPIS, Kpi
from cloud.catalog.models import Product
from cloud.fleet.service import add_device
from cloud.identity.service import create_key, create_tenant, operator
from cloud.outlets.models import Cooler, Outlet
from cloud.services import Services
from tests.support.cloud import running_services, serving
from tests.support.raw_lines import RawPhoto, bring

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
WEEK = {"from": "2026-11-02T00:00:00Z", "to": "2026-11-09T00:00:00Z"}
OUTLETS = {
    "bar": ("north", "horeca", "UTC"),
    "kiosk": ("north", "shop", "UTC"),
    "stall": ("east", "shop", "Asia/Kathmandu"),
}
PRODUCTS = {
    "cola": ("Cola", "Acme", True, "soft drink"),
    "cola-zero": ("Cola", "Acme", True, "soft drink"),
    "rival": ("Rival", "Other", False, "soft drink"),
    "water": ("Spring", "Acme", True, "water"),
}


def photo(number: int, cooler: str, outlet: str, hours: float, **units: int) -> RawPhoto:
    named = {sku.replace("_", "-") if sku != "unnamed" else "": count for sku, count in units.items()}
    return RawPhoto(number, cooler, outlet, MONDAY + timedelta(hours=hours), named)


PHOTOS = [
    photo(1, "bar-1", "bar", 9, cola=4, rival=4),
    photo(2, "bar-1", "bar", 10, cola=2, rival=4, unnamed=2),
    photo(3, "bar-1", "bar", 33, cola=6),
    photo(4, "kiosk-1", "kiosk", 9, cola_zero=5, water=5),
    # Half past midnight in Kathmandu, of the day that begins then; and a quarter of an hour before that.
    photo(5, "stall-1", "stall", 18.75, rival=8),
    photo(6, "stall-1", "stall", 18, rival=2, water=2),
    # It moved from the kiosk to the bar.
    photo(7, "moved-1", "kiosk", 9, water=3),
    photo(8, "moved-1", "bar", 57, water=9),
]


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with running_services(tmp_path_factory.mktemp("query") / "cloud") as running:
        yield running


@pytest.fixture(scope="module")
def api(services: Services) -> Iterator[httpx.Client]:
    with services.records.all_tenants() as session:
        create_tenant(session, "acme", "Acme")
    with services.records.session("acme") as session:
        for outlet, (region, kind, zone) in OUTLETS.items():
            session.add(Outlet(id=outlet, name=outlet.title(), region=region, outlet_class=kind, timezone=zone))
        session.flush()
        for sku, (brand, owner, own, category) in PRODUCTS.items():
            session.add(Product(sku=sku, name=sku.title(), brand=brand, owner=owner, own=own, category=category))
        for cooler, outlet in (("bar-1", "bar"), ("kiosk-1", "kiosk"), ("stall-1", "stall"), ("moved-1", "bar")):
            session.add(Cooler(id=cooler, outlet_id=outlet, name=cooler.title()))
        session.flush()
        for cooler in ("bar-1", "stall-1", "moved-1"):
            add_device(session, operator("acme"), cooler, cooler)
        key = create_key(session, operator("acme"), "tests", "viewer")[1]
    bring(services, "acme", PHOTOS)
    with serving(services, key) as client:
        yield client


def ask(api: httpx.Client, name: str, **query: Any) -> Any:
    answer = api.get(f"/api/v1/kpis/{name}", params=WEEK | query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def values(api: httpx.Client, name: str, **query: Any) -> dict[str, float]:
    return {point["key"]: point["value"]["value"] for point in ask(api, name, **query)["points"]}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param({"by": "all"}, {"all": 22 / 3 + 10 + 6 + 6}, id="a whole: the sum of the coolers' means"),
        pytest.param({"by": ["day"], "outlet": "bar"}, {"2026-11-02": 8, "2026-11-03": 6, "2026-11-04": 9}, id="days"),
        pytest.param({"by": "day", "cooler": "stall-1"}, {"2026-11-02": 4, "2026-11-03": 8}, id="days of Kathmandu"),
        pytest.param(
            {"grain": "hour", "cooler": "stall-1"}, {"2026-11-02T18:00:00.000Z": 6}, id="hours are those of UTC"
        ),
        pytest.param({"by": "week", "outlet": "kiosk"}, {"2026-11-02": 13}, id="weeks"),
        pytest.param(
            {"grain": "month", "by": "region", "region": ["north", "east"]},
            {"2026-11 / east": 6, "2026-11 / north": 22 / 3 + 10 + 3 + 9},
            id="months of regions; a cooler that moved counts in both outlets",
        ),
        pytest.param(
            {"by": "outlet,cooler", "cooler": "moved-1"}, {"bar / moved-1": 9, "kiosk / moved-1": 3}, id="moved"
        ),
        pytest.param({"by": "cooler", "cooler": "moved-1"}, {"moved-1": 6}, id="one cooler, wherever it stood"),
        pytest.param({"by": "class", "class": "horeca", "sku": "cola"}, {"horeca": 4}, id="class"),
        pytest.param({"by": "brand", "owner": "Acme"}, {"Cola": 9, "Spring": 12}, id="brands of an owner"),
        pytest.param({"by": "category", "brand": ["Cola", "Spring"]}, {"soft drink": 9, "water": 12}, id="categories"),
        pytest.param(
            {"by": "group", "cooler": "bar-1"}, {"own": 4, "competitor": 8 / 3, "unknown": 2 / 3}, id="groups"
        ),
        pytest.param({"by": "sku", "group": "unknown"}, {"": 2 / 3}, id="what no gallery knows"),
        pytest.param(
            {"by": "group", "cooler": "bar-1", "group": ["own", "competitor", "unknown"]},
            {"own": 4, "competitor": 8 / 3, "unknown": 2 / 3},
            id="a filter that leaves out none of the catalogue leaves out nothing",
        ),
        pytest.param({"by": "sku", "group": "unknown", "brand": "Cola"}, {}, id="kinds of filters narrow"),
    ],
)
def test_units_are_cut_and_narrowed(api: httpx.Client, query: dict[str, Any], expected: dict[str, float]) -> None:
    assert values(api, "units", **query) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param({"by": "cooler", "cooler": "bar-1"}, {"bar-1": 0.5294}, id="own of all"),
        pytest.param(
            {"by": "outlet,brand", "outlet": "kiosk"},
            {"kiosk / Cola": 0.375, "kiosk / Spring": 0.625},
            id="of an outlet",
        ),
        pytest.param({"by": "outlet", "outlet": "kiosk", "brand": "Spring"}, {"kiosk": 0.625}, id="of a brand"),
        pytest.param({"by": "all", "sku": "water", "outlet": "kiosk"}, {"all": 0.625}, id="of a SKU"),
    ],
)
def test_a_share_is_one_of_all_products_in_the_place(
    api: httpx.Client, query: dict[str, Any], expected: dict[str, float]
) -> None:
    assert values(api, "share-of-facings", **query) == pytest.approx(expected, abs=1e-4)


NOTHING_HIDDEN = {"in_part": 0, "part_hours": 0}


def test_every_point_has_its_coverage(api: httpx.Client) -> None:
    points = ask(api, "units", by="outlet")["points"]
    assert {point["key"]: point["coverage"] for point in points} == {
        "bar": {"reporting": 2, "expected": 2} | NOTHING_HIDDEN,
        "kiosk": {"reporting": 1, "expected": 0} | NOTHING_HIDDEN,
        "stall": {"reporting": 1, "expected": 1} | NOTHING_HIDDEN,
    }
    days = {point["key"]: point["coverage"]["reporting"] for point in ask(api, "units", by="day")["points"]}
    assert days == {"2026-11-02": 3, "2026-11-03": 2, "2026-11-04": 1}


CUTS = [
    ("units", ["day", "outlet"]),
    ("share-of-facings", ["brand"]),
    ("linear-share", ["week", "sku"]),
    ("facings", ["all"]),
]


@pytest.mark.parametrize(("name", "by"), CUTS)
def test_every_format_has_the_same_numbers(api: httpx.Client, name: str, by: list[str]) -> None:
    def rows(kind: str) -> list[dict[str, Any]]:
        return read(kind, api.get(f"/api/v1/kpis/{name}", params=WEEK | {"by": by, "format": kind}).content)

    told = [
        point["keys"] | {one: point["value"][one] for one in ("value", "low", "high")} | point["coverage"]
        for point in ask(api, name, by=by)["points"]
    ]
    assert told
    for kind in ("csv", "parquet", "arrow"):
        answered = [{name: str(one) if name in by else one for name, one in row.items()} for row in rows(kind)]
        assert [{name: row[name] for name in told[0]} for row in answered] == told, kind


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("text/csv", "text/csv; charset=utf-8"),
        ("application/vnd.apache.parquet", "application/vnd.apache.parquet"),
        ("application/vnd.apache.arrow.stream, */*;q=0.5", "application/vnd.apache.arrow.stream"),
        ("text/html, */*", "application/json"),
    ],
)
def test_the_format_may_be_asked_for_by_header(api: httpx.Client, accept: str, media: str) -> None:
    answer = api.get("/api/v1/kpis/units", params=WEEK, headers={"accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, media)


def test_pages_hold_each_point_once(api: httpx.Client) -> None:
    whole = ask(api, "units", by="day,sku")["points"]
    page = ask(api, "units", by="day,sku", limit=3)
    found = page["points"]
    while page.get("next"):
        page = ask(api, "units", by="day,sku", limit=3, after=page["next"])
        found += page["points"]
    assert found == whole
    assert len(whole) > 6
    csv = api.get("/api/v1/kpis/units", params=WEEK | {"by": "day", "limit": 1, "format": "csv"})
    assert csv.headers["next-after"]


def test_a_page_goes_on_in_the_period_of_the_first(api: httpx.Client) -> None:
    first = api.get("/api/v1/kpis/units", params={"by": "cooler", "from": WEEK["from"], "limit": 1}).json()
    second = api.get("/api/v1/kpis/units", params={"by": "cooler", "limit": 1, "after": first["next"]}).json()
    assert (second["start"], second["end"]) == (first["start"], first["end"])
    assert second["points"][0]["key"] > first["points"][0]["key"]


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("units?by=shelf", 422, "take some of hour, day"),
        ("units?by=day&by=week", 422, "two dimensions of time"),
        ("units?by=day,day", 422, "comes twice"),
        ("sell-out?by=hour", 422, "not broken down by 'hour'"),
        ("units?outlet=nowhere", 422, "there is no outlet 'nowhere'"),
        ("units?group=ours", 422, "there is no group 'ours'"),
        ("units?after=xyz", 422, "no cursor"),
        ("units?limit=0", 422, "limit"),
        ("units?format=xlsx", 422, "format"),
    ],
)
def test_errors_say_what_to_do(api: httpx.Client, path: str, status: int, said: str) -> None:
    answer = api.get(f"/api/v1/kpis/{path}")
    assert (answer.status_code, said in answer.text) == (status, True), answer.text


def test_a_cursor_belongs_to_its_question(api: httpx.Client) -> None:
    after = ask(api, "units", by="cooler", limit=1)["next"]
    answer = api.get("/api/v1/kpis/facings", params=WEEK | {"by": "cooler", "after": after})
    assert (answer.status_code, "another question" in answer.text) == (422, True)


def test_no_format_of_ours_is_406(api: httpx.Client) -> None:
    answer = api.get("/api/v1/kpis/units", headers={"accept": "image/png"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (406, "not-acceptable")


def test_a_changed_catalogue_tells_in_the_next_answer(services: Services, api: httpx.Client) -> None:
    def set_own(own: bool) -> None:
        with services.records.session("acme") as session:
            found = session.get(Product, ("acme", "rival"))
            assert found
            found.own = own

    set_own(True)
    assert values(api, "units", by="group", cooler="bar-1") == pytest.approx(
        {"own": 20 / 3, "unknown": 2 / 3}, abs=1e-4
    )
    set_own(False)


EXPORT_COLUMNS = {"observations": ("cooler", "units", "verdict"), "lines": ("cooler", "sku", "units")}


@pytest.mark.parametrize("what", ["observations", "lines"])
def test_raw_rows_are_given_out_once_in_every_format(services: Services, api: httpx.Client, what: str) -> None:
    bring(services, "acme", PHOTOS[:3])  # a second time
    found = []
    for kind in ("csv", "parquet", "arrow"):
        answer = api.get(f"/api/v1/exports/{what}", params=WEEK | {"format": kind, "cooler": ["bar-1", "stall-1"]})
        assert answer.status_code == 200, answer.text
        rows = read(kind, answer.content)
        found.append([tuple(row[name] or "" for name in EXPORT_COLUMNS[what]) for row in rows])
    assert found[0] == found[1] == found[2]
    expected = {
        "observations": [(one.cooler, sum(one.units.values()), "ok") for one in EXPORTED],
        "lines": [(one.cooler, sku, units) for one in EXPORTED for sku, units in one.units.items()],
    }
    assert found[0] == expected[what]


EXPORTED = [*PHOTOS[:3], PHOTOS[5], PHOTOS[4]]
"""Those of two coolers, in the order of an export: by cooler, then by time."""


def read(kind: str, content: bytes) -> list[dict[str, Any]]:
    if kind == "csv":
        return list(pyarrow.csv.read_csv(io.BytesIO(content)).to_pylist())
    if kind == "parquet":
        return list(pyarrow.parquet.read_table(io.BytesIO(content)).to_pylist())
    return list(pa.ipc.open_stream(content).read_all().to_pylist())


def test_raw_rows_have_no_json(api: httpx.Client) -> None:
    answer = api.get("/api/v1/exports/lines", params={"format": "json"})
    assert (answer.status_code, "csv, parquet, arrow" in answer.text) == (422, True)


@pytest.mark.parametrize("kpi", [kpi for kpi in KPIS if kpi.by], ids=lambda kpi: kpi.name)
def test_every_kpi_can_be_cut_by_all_that_it_promises(api: httpx.Client, kpi: Kpi) -> None:
    for time in [one for one in kpi.by if one in TIMES] or [""]:
        by = [one for one in kpi.by if one not in TIMES]
        for point in ask(api, kpi.name, by=",".join(filter(None, [time, *by])))["points"]:
            assert point["value"]["low"] <= point["value"]["value"] <= point["value"]["high"]
            assert point["coverage"].keys() == {"reporting", "expected", *NOTHING_HIDDEN}
            assert point["keys"].keys() == {*by, *([time] if time else [])}

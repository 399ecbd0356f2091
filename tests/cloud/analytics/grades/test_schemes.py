"""Grade schemes: which outlets each grades, what another one would change, and the routes that keep them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from cloud.analytics.grades.grade import DEFAULT, PILLARS, Scheme
from cloud.analytics.grades.reading import OutletGrades
from cloud.analytics.grades.schemes import regraded
from cloud.identity.service import create_key, operator
from cloud.outlets.models import Cooler, Outlet
from tests.support.cloud import running_services, serving
from tests.support.messages import NOON
from tests.support.shelf import Shelf

PURITY_ALONE = Scheme(dict.fromkeys(PILLARS, 0) | {"purity": 1}, DEFAULT.targets)
SHARE_ALONE = Scheme(dict.fromkeys(PILLARS, 0) | {"share": 1}, dict(DEFAULT.targets) | {"share": 0.75})
BODY = {"weights": dict(PURITY_ALONE.weights)}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """A kiosk whose cooler is the brand's own and half full of a rival; a bar whose cooler is its own, all cola."""
    with running_services(tmp_path_factory.mktemp("schemes") / "cloud") as services:
        shelf = Shelf(services).furnish()
        with services.records.session("acme") as session:
            session.get_one(Outlet, ("acme", "kiosk")).outlet_class = "kiosk"
            session.add(Outlet(id="bar", name="Bar", outlet_class="bar"))
            session.flush()
            session.get_one(Cooler, ("acme", "cooler-01")).planogram_id = None
            second = session.get_one(Cooler, ("acme", "cooler-02"))
            second.outlet_id, second.owned = "bar", False
        shelf.send(shelf.photo(0, {"cola-330": 3, "rival-330": 3}))
        shelf.send(shelf.photo(0, {"cola-330": 3}), device="cooler-02")
        services.rollups.before_reading()
        yield shelf


@pytest.fixture
def api(shelf: Shelf) -> Iterator[httpx.Client]:
    with shelf.services.records.session("acme") as session:
        key = create_key(session, operator("acme"), "tests", "manager")[1]
    with serving(shelf.services, key) as client:
        yield client


@pytest.mark.parametrize(
    ("outlet_class", "proposed", "found"),
    [
        pytest.param("kiosk", PURITY_ALONE, {"kiosk": (69.05, 50.0)}, id="half of it is a rival's"),
        pytest.param("kiosk", SHARE_ALONE, {"kiosk": (69.05, 66.67)}, id="half own of three quarters wanted"),
        pytest.param("bar", PURITY_ALONE, {"bar": (100.0, None)}, id="a cooler of the shop's has no purity"),
        pytest.param("", SHARE_ALONE, {"bar": (100.0, 100.0), "kiosk": (69.05, 66.67)}, id="all without their own"),
        pytest.param("pub", SHARE_ALONE, {}, id="no outlet of this class"),
    ],
)
def test_another_scheme_tells_what_it_would_change(
    shelf: Shelf, outlet_class: str, proposed: Scheme, found: dict[str, tuple[float | None, float | None]]
) -> None:
    """As it is, the kiosk has half of the 15 points of purity and 0.5 / 0.6 of the 20 of share, and nothing else is
    known of it: (7.5 + 16.67) / 35 = 69.05 of 100."""
    with shelf.services.records.session("acme", write=False) as session:
        end = NOON + timedelta(hours=1)
        settings = shelf.services.settings.sellout
        grades = OutletGrades(session, shelf.services.facts, "acme", NOON, end, settings)
        told = regraded(grades, outlet_class, proposed)
    assert {one.outlet: (one.before and one.before.value, one.after and one.after.value) for one in told} == found


def test_a_class_with_its_own_scheme_leaves_all_others(api: httpx.Client, shelf: Shelf) -> None:
    assert api.put("/api/v1/grade-schemes", json=BODY | {"outlet_class": "kiosk"}).status_code == 200
    with shelf.services.records.session("acme", write=False) as session:
        settings = shelf.services.settings.sellout
        grades = OutletGrades(session, shelf.services.facts, "acme", NOON, NOON + timedelta(hours=1), settings)
        assert [one.outlet for one in regraded(grades, "", SHARE_ALONE)] == ["bar"]
        assert grades.grades()["kiosk"].value.value == 50
    assert [one["outlet_class"] for one in api.get("/api/v1/grade-schemes").json()] == ["", "kiosk"]
    assert api.delete("/api/v1/grade-schemes", params={"outlet_class": "kiosk"}).status_code == 204
    assert [one["outlet_class"] for one in api.get("/api/v1/grade-schemes").json()] == [""]
    again = api.delete("/api/v1/grade-schemes", params={"outlet_class": "kiosk"})
    assert (again.status_code, again.json()["error"]["code"]) == (404, "not-found")


def test_a_viewer_cannot_take_a_scheme_back(api: httpx.Client, shelf: Shelf) -> None:
    with shelf.services.records.session("acme") as session:
        key = create_key(session, operator("acme"), "viewer", "viewer")[1]
    answer = api.delete("/api/v1/grade-schemes", headers={"authorization": f"Bearer {key}"})
    assert answer.status_code == 403

"""What a number of a period rests on, and what a broken camera hid from it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pyarrow.parquet
import pytest
from pyarrow import BufferReader

from cloud.analytics.coverage import MOST_NAMED
from cloud.analytics.rollups.tables import PARTS_ADOPTED, part_day, part_hour, rollup_state
from cloud.fleet.service import add_device
from cloud.identity.service import create_key, operator
from cloud.outlets.models import Cooler, Outlet
from facings.clock import format_utc
from facings.messages import Message
from tests.support.cloud import running_services, serving
from tests.support.messages import NOON, of_two_cameras
from tests.support.shelf import Shelf

DAY = 24
SILENT = "it answered 503"
"""Why the upper camera saw nothing."""
WEEK = {"from": format_utc(NOON), "to": format_utc(NOON + timedelta(days=7))}


def part(hour: float) -> Message:
    """Of two cameras the upper one is broken."""
    moment = NOON + timedelta(hours=hour)
    return of_two_cameras({"cola-330": 4}, 2, problem=SILENT, captured_at=moment, seq=1_000 + round(10 * hour))


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """`cooler-01` is seen whole at 0 and 50 h, in part at 3, 3.5, 4 and 49 h; `cooler-02` in part alone, at 5 and 25 h;
    of those in another region `cooler-03` whole at 1 h, `cooler-04` never."""
    with running_services(tmp_path_factory.mktemp("coverage") / "cloud") as services:
        shelf = Shelf(services).furnish()
        with services.records.session("acme") as session:
            session.add(Outlet(id="bar", name="Bar", region="south"))
            session.flush()
            for cooler, outlet in (("cooler-03", "bar"), ("cooler-04", "bar")):
                session.add(Cooler(id=cooler, outlet_id=outlet, name=cooler))
                session.flush()
                add_device(session, operator("acme"), cooler, cooler)
        shelf.send(shelf.photo(0, {"cola-330": 4}))
        shelf.send(*(part(hour) for hour in (3, 3.5, 4, 49)), shelf.photo(50, {"cola-330": 4}))
        shelf.send(part(25), part(5), device="cooler-02")
        shelf.send(shelf.photo(1, {"cola-330": 3}), device="cooler-03")
        yield shelf


@pytest.fixture(scope="module")
def api(shelf: Shelf) -> Iterator[httpx.Client]:
    with shelf.services.records.session("acme") as session:
        key = create_key(session, operator("acme"), "tests", "viewer")[1]
    with serving(shelf.services, key) as client:
        yield client


Ask = Callable[..., Any]


@pytest.fixture
def ask(api: httpx.Client) -> Ask:
    def asking(path: str, **query: Any) -> Any:
        answer = api.get(f"/api/v1/{path}", params=WEEK | query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return asking


def counted(coverage: dict[str, Any]) -> tuple[int, int, int, int]:
    """Coolers that reported, were seen in part, and were expected; hours of coolers that are left out."""
    return coverage["reporting"], coverage["in_part"], coverage["expected"], coverage["part_hours"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param({}, (2, 1, 4, 5), id="all: hours count once, however many photos; also those of cooler-01"),
        pytest.param({"region": "south"}, (1, 0, 2, 0), id="a region without a broken camera"),
        pytest.param({"cooler": "cooler-02"}, (0, 1, 1, 2), id="one cooler"),
        pytest.param({"sku": "lemon-330"}, (2, 1, 4, 5), id="of products nobody saw as well"),
        pytest.param(
            {"from": format_utc(NOON + timedelta(hours=48)), "to": format_utc(NOON + timedelta(hours=50))},
            (0, 1, 4, 1),
            id="hours in which a cooler is seen in part alone",
        ),
        pytest.param({"from": format_utc(NOON - timedelta(days=9)), "to": format_utc(NOON)}, (0, 0, 4, 0), id="before"),
    ],
)
def test_an_answer_says_what_a_broken_camera_hid(
    ask: Ask, query: dict[str, str], expected: tuple[int, int, int, int]
) -> None:
    assert counted(ask("kpis/units", by="all", **query)["coverage"]) == expected


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("all", {"all": (2, 1, 4, 5)}),
        ("region", {"north": (1, 1, 2, 5), "south": (1, 0, 2, 0)}),
        ("cooler", {"cooler-01": (1, 0, 1, 3), "cooler-03": (1, 0, 1, 0)}),
        ("day", {"2026-11-02": (2, 1, 4, 3), "2026-11-04": (1, 0, 4, 1)}),
        ("day,outlet", {"2026-11-02 / bar": (1, 0, 2, 0), "2026-11-02 / kiosk": (1, 1, 2, 3)}),
        ("sku", {"cola-330": (2, 1, 4, 5)}),
    ],
)
def test_each_point_says_it_of_its_own_time_and_places(
    ask: Ask, by: str, expected: dict[str, tuple[int, int, int, int]]
) -> None:
    points = {point["key"]: counted(point["coverage"]) for point in ask("kpis/units", by=by)["points"]}
    assert {key: points[key] for key in expected} == expected


def test_the_coolers_are_named_with_their_cameras(ask: Ask) -> None:
    def moment(hour: float) -> str:
        return format_utc(NOON + timedelta(hours=hour))

    upper = [{"camera": "top", "shows": "upper", "problem": SILENT}]
    first, second = ask("kpis/units", by="all")["coverage"]["parts"]
    assert first == {
        "cooler": "cooler-01",
        "name": "Front",
        "name_zh": "",
        "outlet": "kiosk",
        "hours": 3,
        "last_at": moment(49),
        "whole_at": moment(0),
        "back_at": moment(50),
        "unseen": upper,
    }
    assert (second["cooler"], second["hours"], second["last_at"]) == ("cooler-02", 2, moment(25))
    assert second.keys().isdisjoint({"whole_at", "back_at"}), "it was never seen whole"
    assert second["unseen"] == upper


@pytest.mark.parametrize("path", ["share/changes", "grades"])
def test_answers_of_a_window_say_it_too(ask: Ask, path: str) -> None:
    later = {"from": format_utc(NOON + timedelta(hours=24)), "to": format_utc(NOON + timedelta(hours=60))}
    coverage = ask(path, **later)["coverage"]
    assert counted(coverage) == (1, 1, 4, 2)
    assert [one["cooler"] for one in coverage["parts"]] == ["cooler-01", "cooler-02"]


def test_tables_have_it_in_columns_and_the_whole_of_it_in_what_holds_for_all_rows(api: httpx.Client) -> None:
    query = WEEK | {"by": "region"}
    content = api.get("/api/v1/kpis/units", params=query | {"format": "parquet"}).content
    table = pyarrow.parquet.read_table(BufferReader(content))
    assert table.select(["region", "in_part", "part_hours"]).to_pylist() == [
        {"region": "north", "in_part": 1, "part_hours": 5},
        {"region": "south", "in_part": 0, "part_hours": 0},
    ]
    told = table.schema.metadata
    assert (told[b"reporting"], told[b"in_part"], told[b"expected"], told[b"part_hours"]) == (b"2", b"1", b"4", b"5")
    assert [one["cooler"] for one in json.loads(told[b"parts"])] == ["cooler-01", "cooler-02"]
    written = api.get("/api/v1/kpis/units", params=query | {"format": "csv"}).text.splitlines()
    assert written[0].replace('"', "").split(",")[-4:] == ["reporting", "expected", "in_part", "part_hours"]


def test_photos_stored_before_there_was_this_rollup_are_noted_at_the_start(shelf: Shelf, ask: Ask) -> None:
    services = shelf.services
    services.rollups.adopt()
    for table in (part_hour, part_day):
        services.facts.command(f"TRUNCATE TABLE {table.name}")
    assert counted(ask("kpis/units", by="all")["coverage"]) == (2, 0, 4, 0)
    services.facts.command(
        f"ALTER TABLE {rollup_state.name} DELETE WHERE kind = '{PARTS_ADOPTED}' SETTINGS mutations_sync = 1"
    )
    services.rollups.adopt()
    assert counted(ask("kpis/units", by="all")["coverage"]) == (2, 1, 4, 5)


def test_only_a_broken_camera_costs_questions_of_its_own(
    shelf: Shelf, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    arrow = shelf.services.facts.arrow

    def noting(statement: str, *args: Any) -> Any:
        asked.append(statement)
        return arrow(statement, *args)

    monkeypatch.setattr(shelf.services.facts, "arrow", noting)
    ask("kpis/units", by="day", region="south")
    without, asked[:] = len(asked), []
    ask("kpis/units", by="day")
    assert len(asked) == without + 2
    assert not any("shelf_line" in one for one in asked)
    assert sum("FROM observation " in one for one in asked) == 1, f"of {MOST_NAMED} coolers at most"

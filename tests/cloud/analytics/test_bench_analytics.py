from pathlib import Path

import pytest

from bench.analytics import measure, spread
from bench.parts.questions import OTHERS, SUMS
from cloud.analytics.rollups.kinds import KINDS, TAG
from cloud.services import Services
from tests.support.line_records import furnish
from tests.support.line_world import START, TENANT, LineWorld


def test_the_benchmark_of_dashboard_queries_runs(tmp_path: Path) -> None:
    found = measure(20_000, tmp_path, number=2)
    assert found["lines"] > 10_000
    assert found["late_lines_per_s"] > 0
    assert found["sums_alone"].keys() == SUMS.keys()
    assert found["queries"].keys() > (SUMS | OTHERS).keys()
    assert all(one["points"] for one in found["queries"].values())
    assert found["bytes_per_line"]["shelf_line"] > found["bytes_per_line"]["shelf_day"]


def test_few_times_tell_of_none_slower_than_the_slowest() -> None:
    assert spread([100.0, 100.0, 200.0]) == {"median_ms": 100.0, "p95_ms": 190.0}


@pytest.mark.parametrize("grain", ["hour", "day"])
def test_the_rollups_of_its_world_are_those_of_recomputation(services: Services, grain: str) -> None:
    world = LineWorld(coolers=3, days=2)
    furnish(services, world)
    world.generate(services)
    world.roll_up(services)

    def stored() -> list[list[dict[str, object]]]:
        return [
            services.facts.arrow(f"SELECT * EXCEPT version FROM {kind.name}_{grain} FINAL ORDER BY ALL").to_pylist()
            for kind in KINDS
            if kind is not TAG  # its coolers have no price tags
        ]

    made = stored()
    assert services.rollups.recompute(TENANT, START, world.end) == 6
    assert stored() == made
    assert all(made)

from pathlib import Path

from bench.analytics import measure
from bench.parts.questions import OTHERS, SUMS


def test_the_benchmark_of_dashboard_queries_runs(tmp_path: Path) -> None:
    found = measure(20_000, tmp_path, number=2)
    assert found["lines"] > 10_000
    assert found["late_lines_per_s"] > 0
    assert found["sums_alone"].keys() == SUMS.keys()
    assert found["queries"].keys() > (SUMS | OTHERS).keys()
    assert all(one["points"] for one in found["queries"].values())
    assert found["bytes_per_line"]["shelf_line"] > found["bytes_per_line"]["shelf_day"]

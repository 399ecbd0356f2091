from pathlib import Path

from cloud.analytics.registry import KPIS, reference
from cloud.analytics.series import _MAKERS

REFERENCE = Path(__file__).parents[3] / "docs" / "kpi.md"


def test_the_reference_is_what_the_registry_says() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == reference(), "python -m cloud.analytics.registry > docs/kpi.md"


def test_names_are_unique_and_periods_are_made_for_all_that_promise_them() -> None:
    assert len({kpi.name for kpi in KPIS}) == len(KPIS)
    assert {kpi.name for kpi in KPIS if kpi.by} == _MAKERS.keys()

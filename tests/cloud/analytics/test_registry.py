import re
from pathlib import Path

from cloud.analytics.makers import MAKERS
from cloud.analytics.registry import KPIS, reference

HERE = Path(__file__).parent
REFERENCE = HERE.parents[2] / "docs" / "kpi.md"
OF_ALL = ("test_registry.py", "test_query_api.py")
"""Tests that walk over all KPIs, whatever their values are."""


def test_the_reference_is_what_the_registry_says() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == reference(), "python -m cloud.analytics.registry > docs/kpi.md"


def test_names_are_unique_and_periods_are_made_for_all_that_promise_them() -> None:
    assert len({kpi.name for kpi in KPIS}) == len(KPIS)
    assert {kpi.name for kpi in KPIS if kpi.by} == MAKERS.keys()


def test_every_kpi_has_a_test_of_its_value() -> None:
    """Its name stands in one: as a word of its own, or as the end of an address."""
    tests = [file.read_text(encoding="utf-8") for file in HERE.rglob("test_*.py") if file.name not in OF_ALL]
    untested = [
        kpi.name for kpi in KPIS if not any(re.search(rf"[\"`/]{re.escape(kpi.name)}[\"`?]", text) for text in tests)
    ]
    assert untested == [], "work a value of each out by hand, as in tests/cloud/analytics/kpis/test_values.py"

"""Which arrangements sell more: what readers see, in both languages, and when it cannot be told."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from cloud.analytics.advice.displays import ARRANGEMENTS
from cloud.analytics.advice.routes import EffectAnswer
from cloud.outlets.models import Outlet
from cloud.web.displays import effect_rows
from facings.messages import Estimate
from tests.cloud.web.conftest import english_texts, furnished, visiting
from tests.cloud.web.test_web_pages import text_of
from tests.support.shelf import Shelf


def effect(low: float, value: float, high: float) -> EffectAnswer:
    verdict = "more" if low > 0 else "less" if high < 0 else "cannot-tell"
    change = Estimate(value=value, low=low, high=high)
    return EffectAnswer.model_validate(
        {"arrangement": "eye-level", "change": change, "verdict": verdict, "outlets": 12}
    )


def unknown(outlets: int) -> EffectAnswer:
    return EffectAnswer(arrangement="top-shelves", change=None, verdict="cannot-tell", outlets=outlets)


@pytest.mark.parametrize(
    ("found", "verdict", "told"),
    [
        (effect(0.12, 0.24, 0.375), "sells more", "+24%, likely +12% to +38%"),
        (effect(-0.2, -0.1, -0.05), "sells less", "−10%, likely −20% to −5%"),
        (effect(-0.08, 0.03, 0.15), "cannot tell", "anything from −8% to +15%"),
        (unknown(3), "cannot tell", "3 outlets can be compared; it takes 8."),
        (unknown(9), "cannot tell", "It stands alike everywhere: there is nothing to compare."),
    ],
)
def test_an_effect_in_words(found: EffectAnswer, verdict: str, told: str) -> None:
    (row,) = effect_rows([found], "en")
    assert (row.verdict_name, row.told) == (verdict, told)


def test_all_bars_have_one_scale_around_nothing() -> None:
    wide, narrow, none = effect_rows([effect(-0.2, 0.1, 0.4), effect(0.1, 0.2, 0.3), unknown(9)], "en")
    assert wide.bar and (wide.bar.low, wide.bar.value, wide.bar.high) == (25, 62.5, 100)
    assert narrow.bar and (narrow.bar.low, narrow.bar.value, narrow.bar.high) == (62.5, 75, 87.5)
    assert none.bar is None


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """A single kiosk, from which nothing can be told."""
    with furnished(tmp_path_factory.mktemp("displays")) as shelf:
        with shelf.services.records.session("acme") as session:
            session.get_one(Outlet, ("acme", "kiosk")).outlet_class = "kiosk"
        yield shelf


def test_with_too_few_outlets_the_page_says_so(shelf: Shelf) -> None:
    with visiting(shelf) as manager:
        seen, outlet = text_of(manager.get("/displays?outlet_class=kiosk")), manager.get("/outlets/kiosk").text
    assert seen.count("0 outlets can be compared; it takes 8.") == len(ARRANGEMENTS)
    assert "all kiosk Twice the facings against half as many" in seen
    assert 'href="/displays?outlet_class=kiosk"' in outlet


def test_the_page_speaks_chinese_and_runs_no_inline_script(shelf: Shelf) -> None:
    with visiting(shelf) as manager:
        manager.post("/preferences", data={"language": "zh-Hans", "theme": "dark"})
        answer = manager.get("/displays")
    assert {text for text in english_texts() if text in text_of(answer)} == set()
    assert not re.search(r'\s(style|on\w+)="', answer.text)

"""Both languages say everything, and write numbers and times as their readers expect."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from cloud.web.i18n import LANGUAGES, Formats, best_language, catalogue, source_texts
from cloud.web.words import SPOKEN_BY_OTHERS, words
from edge.observe_together import NOT_ALL_SEEN
from edge.uplink.occasions import CUT_SHORT
from edge.vision.quality import _RULES
from facings.messages import Estimate

TRANSLATED = [language for language in LANGUAGES if language != "en"]
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")


def as_tuple(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else text


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogue_holds_every_text_and_no_other(language: str) -> None:
    held = {message.id for message in catalogue(language) if message.id}
    assert source_texts() - held == set(), f"add these to cloud/web/locale/{language}.po"
    assert held - source_texts() == set(), f"remove these from cloud/web/locale/{language}.po"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_with_the_same_placeholders(language: str) -> None:
    for message in catalogue(language):
        if message.id:
            for translated in as_tuple(message.string):
                assert translated.strip(), message.id
                assert not message.fuzzy, message.id
                wanted = set(PLACEHOLDER.findall(as_tuple(message.id)[-1]))
                assert set(PLACEHOLDER.findall(translated)) == wanted, message.id


def test_no_source_text_is_empty() -> None:
    assert all(part.strip() for text in source_texts() for part in as_tuple(text))


def test_what_devices_say_of_a_photo_is_known() -> None:
    assert {NOT_ALL_SEEN, CUT_SHORT, *(rule.reason for rule in _RULES)} <= set(SPOKEN_BY_OTHERS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_scripts_are_whole(language: str) -> None:
    def leaves(tree: object) -> list[object]:
        return [leaf for value in tree.values() for leaf in leaves(value)] if isinstance(tree, dict) else [tree]

    assert all(isinstance(leaf, str) and leaf for leaf in leaves(words(language)))


@pytest.mark.parametrize(
    ("wishes", "language"),
    [
        (("zh-Hans", "en"), "zh-Hans"),
        ((None, "en", "zh-CN"), "en"),
        ((None, None, "zh-TW,zh;q=0.9,en;q=0.8"), "zh-Hans"),
        ((None, None, "fr-FR,en-GB;q=0.5"), "en"),
        (("klingon", None, None), "en"),
        ((None, None, ";;,=,q"), "en"),
    ],
)
def test_the_first_wish_we_speak_is_taken(wishes: tuple[str | None, ...], language: str) -> None:
    assert best_language(*wishes) == language


def test_numbers_and_times_in_both_languages() -> None:
    english, chinese = Formats("en"), Formats("zh-Hans")
    noon = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
    between = Estimate(value=50, low=14.2, high=60)
    assert (english.integer(1234.5), chinese.integer(None)) == ("1,234", "–")
    assert (english.percent(0.425), english.range_percent(Estimate(value=0.5, low=0.454, high=0.55))) == (
        "42%",
        "45–55%",
    )
    lengths = [Estimate(value=value, low=0, high=value) for value in (3.24, 14.2, 60)]
    assert [english.hours(length) for length in lengths] == ["3.2h", "14h", "2.5d"]
    assert (english.hours(between), english.range_hours(between)) == ("2.1d", "0.6–2.5d")
    assert chinese.range_hours(between) == "0.6–2.5 天"
    assert english.moment(noon, "Asia/Shanghai") == "Nov 2 20:00"
    assert chinese.moment(noon) == "11月2日 12:00"

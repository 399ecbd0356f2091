"""The pages' languages. English is the language of the sources; the others are gettext catalogues in `locale/`.

A translator edits a `.po` file and restarts: catalogues are compiled in memory, nothing is built.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, negotiate_locale
from babel.dates import format_skeleton
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.support import NullTranslations, Translations

from facings.messages import Estimate

HERE = Path(__file__).parent

LANGUAGES = {"en": "English", "zh-Hans": "简体中文"}
"""Language tag -> its own name, in the order of the switch."""

DEFAULT = "en"

FEW_HOURS, DAYS_FROM_HOURS = 10, 48
"""From where on hours are told without a decimal, and as days."""


def best_language(*wishes: str | None) -> str:
    """The first wish that the pages speak. A wish is a language tag or an Accept-Language header.

    Example:
        >>> best_language(None, "fr-FR,zh-CN;q=0.8"), best_language("en", "zh"), best_language("xx")
        ('zh-Hans', 'en', 'en')
    """
    for wish in wishes:
        tags = [part.split(";")[0].strip() for part in (wish or "").split(",") if part.strip()]
        # Traditional readers get the Simplified pages rather than English ones.
        tags = ["zh-Hans" if tag.lower().startswith("zh") else tag.split("-")[0] for tag in tags]
        if found := negotiate_locale(tags, LANGUAGES, sep="-"):
            return str(found)
    return DEFAULT


def catalogue(language: str) -> Catalog:
    """The catalogue of `language` as translators see it; empty for English."""
    file = HERE / "locale" / f"{language}.po"
    if not file.is_file():
        return Catalog(locale=language.replace("-", "_"))
    with file.open("rb") as opened:
        return read_po(opened, locale=language.replace("-", "_"))


@cache
def translations(language: str) -> NullTranslations:
    """What gettext needs for `language`."""
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    return Translations(compiled)


def source_texts() -> set[str | tuple[str, ...]]:
    """Every text of templates and modules that is to be translated; a plural is a pair."""
    methods = [("**.py", "python"), ("templates/**.html", "jinja2")]
    options = {"templates/**.html": {"trimmed": "true", "silent": "false"}}
    found = extract_from_dir(str(HERE), methods, options, keywords=KEYWORDS)
    return {message for _file, _line, message, _comments, _context in found}


KEYWORDS = {"_": None, "_gettext": None, "gettext": None, "ngettext": (1, 2), "N_": None}


def N_(text: str) -> str:  # noqa: N802 (gettext's own name for it)
    """Mark a text that is translated later."""
    return text


class Formats:
    """Numbers and times as a language writes them."""

    def __init__(self, language: str) -> None:
        self.locale = Locale.parse(language, sep="-")
        self._gettext = translations(language).gettext

    def integer(self, value: float | None) -> str:
        """`1,234`; a dash where there is none."""
        return "–" if value is None else str(format_decimal(round(value), locale=self.locale))

    def decimal(self, value: float | None) -> str:
        """`1,234.5`; a dash where there is none."""
        return "–" if value is None else str(format_decimal(value, "#,##0.#", locale=self.locale))

    def price(self, value: float | None) -> str:
        """`1,234.50`; a dash where there is none."""
        return "–" if value is None else str(format_decimal(value, "#,##0.00", locale=self.locale))

    def percent(self, value: float | None) -> str:
        """`42%`; a dash where there is none."""
        return "–" if value is None else str(format_percent(value, format="#,##0%", locale=self.locale))

    def range_integer(self, estimate: Estimate) -> str:
        """`82–90`."""
        return f"{self.integer(estimate.low)}–{self.integer(estimate.high)}"

    def range_percent(self, estimate: Estimate) -> str:
        """`55–61%`."""
        return f"{self.integer(100 * estimate.low)}–{self.percent(estimate.high)}"

    def hours(self, estimate: Estimate) -> str:
        """A length of time: `3.2h`, `14h`, from two days on `3.2d`; in the unit of its range."""
        return self._length(estimate.high, estimate.value)

    def range_hours(self, estimate: Estimate) -> str:
        """`14–16h`, in the unit of the longer."""
        return self._length(estimate.high, estimate.low, estimate.high)

    def _length(self, scale: float, *values: float) -> str:
        days = scale >= DAYS_FROM_HOURS
        form = self._gettext("{n}d") if days else self._gettext("{n}h")
        numbers = (format_decimal(value / 24 if days else value, self._digits(scale), self.locale) for value in values)
        return form.replace("{n}", "–".join(numbers))

    @staticmethod
    def _digits(scale: float) -> str:
        return "#,##0" if FEW_HOURS <= scale < DAYS_FROM_HOURS else "#,##0.#"

    def listing(self, names: Sequence[str]) -> str:
        """`one, two, and three`."""
        return str(format_list(list(names), locale=self.locale))

    def day(self, value: date) -> str:
        """A day of the year."""
        return str(format_skeleton("MMMd", value, locale=self.locale))

    def moment(self, value: datetime | None, zone: str = "UTC") -> str:
        """Day and time in `zone`; scripts put it into the browser's own zone where the outlet's is not known."""
        if value is None:
            return "–"
        local = value.astimezone(ZoneInfo(zone))
        return f"{format_skeleton('MMMd', local, tzinfo=local.tzinfo, locale=self.locale)} {local:%H:%M}"

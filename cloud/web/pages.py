"""How a page is drawn: language, theme, templates, and the files it loads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from cloud.identity.service import Caller
from cloud.web.i18n import LANGUAGES, N_, Formats, best_language, translations
from cloud.web.words import words
from facings.messages import Stockout

HERE = Path(__file__).parent
STATIC = HERE / "static"

LANGUAGE_COOKIE = "facings_language"
THEME_COOKIE = "facings_theme"
THEMES = {"auto": N_("Colours as the system has them"), "light": N_("Light"), "dark": N_("Dark")}
"""Theme, which is also the name of its icon, and what it is called."""


@dataclass(frozen=True)
class Chrome:
    """What surrounds every page."""

    language: str
    theme: str
    here: str
    active: str
    caller: Caller | None


def language_of(request: Request, caller: Caller | None) -> str:
    """The language chosen on this browser, else the one of the user's account, else the browser's own."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return best_language(chosen, caller.locale if caller else None, request.headers.get("accept-language"))


def is_fragment(request: Request) -> bool:
    """Whether htmx asks, which puts the answer into a page that is there."""
    return "hx-request" in request.headers


def page(
    request: Request,
    template: str,
    caller: Caller | None,
    *,
    active: str = "",
    status: int = 200,
    **context: Any,
) -> HTMLResponse:
    """The page of `template`; `active` names its entry in the navigation."""
    language = language_of(request, caller)
    theme = request.cookies.get(THEME_COOKIE, "auto")
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    chrome = Chrome(language, theme if theme in THEMES else "auto", here, active, caller)
    body = environment(language).get_template(template).render(chrome=chrome, status=status, **context)
    # Pages hold live numbers of one user: nobody in between may keep them, and `back` asks anew.
    return HTMLResponse(body, status, headers={"cache-control": "no-store", "content-language": language})


@cache
def environment(language: str) -> Environment:
    """Templates in `language`."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    spoken = translations(language)
    made.install_gettext_callables(spoken.gettext, spoken.ngettext, newstyle=True)  # type: ignore[attr-defined]
    formats = Formats(language)
    made.filters.update(
        integer=formats.integer,
        price=formats.price,
        decimal=formats.decimal,
        percent=formats.percent,
        hours=formats.hours,
        day=formats.day,
        moment=formats.moment,
        range_integer=formats.range_integer,
        range_percent=formats.range_percent,
        range_hours=formats.range_hours,
        step=step_of,
    )
    made.globals.update(static=static_url, languages=LANGUAGES, themes=THEMES, words=words(language))
    return made


def step_of(stockout: Stockout) -> str:
    """How far a stock-out is on its way to being filled: `none`, `proposed` or `ordered`."""
    if stockout.order is not None:
        return "ordered"
    return "none" if stockout.proposal is None else "proposed"


def static_url(name: str) -> str:
    """Address of a static file; browsers ask each time whether it has changed, which costs no transfer."""
    return f"/static/{name}"


class Revalidated(StaticFiles):
    """Static files that a browser keeps but asks for, so that an update is seen at once."""

    def file_response(self, full_path: Any, stat_result: Any, scope: Scope, status_code: int = 200) -> Any:
        """The file, or 304."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["cache-control"] = "no-cache"
        return response


def safe_next(wanted: str | None) -> str:
    """Where to go on after signing in: a path of ours, never another site.

    Example:
        >>> safe_next("/coolers/c1?photo=2"), safe_next("//evil.example"), safe_next("https://evil.example/")
        ('/coolers/c1?photo=2', '/', '/')
    """
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return "/"
    parts = urlsplit(wanted)
    return wanted if not parts.scheme and not parts.netloc and wanted.isprintable() and "\\" not in wanted else "/"

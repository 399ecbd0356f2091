"""Errors of pages: a page in the reader's language, a way to sign in; errors of the API stay JSON."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from cloud.api.errors import ApiError
from cloud.stores import STORE_ERRORS, in_short, is_away
from cloud.web.build import up_to_date
from cloud.web.i18n import translations
from cloud.web.pages import is_fragment, language_of, page
from facings.errors import BadInputError, UnavailableError

log = logging.getLogger(__name__)


class MissingAssetsError(UnavailableError):
    """The pages' scripts are not there."""


Handler = Callable[[Request, Exception], Response | Awaitable[Response]]


def install(app: FastAPI) -> None:
    """Let requests of pages be answered by pages; call after the API's own handlers are installed."""
    ours = (ApiError, HTTPException, RequestValidationError, BadInputError, UnavailableError)
    for kind in (*ours, *STORE_ERRORS, Exception):
        app.add_exception_handler(kind, _for_pages(app.exception_handlers[kind]))


def _for_pages(api_answer: Handler) -> Handler:
    async def answer(request: Request, error: Exception) -> Response:
        if not _wants_page(request):
            answered = api_answer(request, error)
            return answered if isinstance(answered, Response) else await answered
        if isinstance(error, STORE_ERRORS):
            if not is_away(error):
                raise error
            log.error("cannot show %s: %s", request.url.path, in_short(error))
        if isinstance(error, MissingAssetsError):
            return _missing_assets_page(request)
        status = _status(error)
        if status == 401:
            return _to_sign_in(request)
        return _error_page(request, status)

    return answer


def _wants_page(request: Request) -> bool:
    ours = not request.url.path.startswith(("/api/", "/static/", "/healthz", "/metrics"))
    return ours and "text/html" in request.headers.get("accept", "")


def _status(error: Exception) -> int:
    if isinstance(error, ApiError):
        return error.status
    if isinstance(error, HTTPException):
        return error.status_code
    if is_away(error):
        return 503
    return 422 if isinstance(error, RequestValidationError | BadInputError) else 500


def _to_sign_in(request: Request) -> Response:
    if "hx-request" in request.headers:
        return Response(status_code=200, headers={"hx-redirect": "/sign-in"})
    following = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?next={quote(following)}", status_code=303)


def _error_page(request: Request, status: int) -> Response:
    _ = translations(language_of(request, None)).gettext
    texts = {
        403: (_("This is not for your role"), _("Ask an admin of your company for the right to do it.")),
        404: (_("There is nothing here"), _("The address may be old, or belong to another company.")),
        413: (_("That is too much at once"), _("A request has at most 8 MB: send the files in parts.")),
        422: (_("This address does not make sense"), _("Start from the overview.")),
        503: (_("Facings is catching its breath"), _("A part of it is starting or down. Try again in a moment.")),
    }
    ours = (_("Something broke here"), _("It is our fault, not yours; the log says what. Try again in a moment."))
    heading, advice = texts.get(status, ours if status >= 500 else texts[422])
    if not is_fragment(request):
        return page(request, "error.html", None, status=status, heading=heading, advice=advice, command="")
    told = page(request, "error_now.html", None, status=status, heading=heading, advice=advice)
    told.headers["hx-reswap"] = "none"  # the page stays as it is, and what was typed in it; this is told above it
    return told


def _missing_assets_page(request: Request) -> Response:
    _ = translations(language_of(request, None)).gettext
    return page(
        request,
        "error.html",
        None,
        status=503,
        heading=_("The pages' scripts are missing"),
        advice=_("They are fetched once, at installation. On the machine of this service, run:"),
        command="make assets",
    )


def require_assets() -> None:
    """Dependency of every page.

    Raises:
        MissingAssetsError: the scripts were never fetched, or are those of another version.
    """
    if not up_to_date():
        log.error("the pages' scripts are missing: run `make assets` (python -m cloud.web.build)")
        raise MissingAssetsError("the pages' scripts are missing: run `make assets`")

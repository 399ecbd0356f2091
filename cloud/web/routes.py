"""The pages: sign-in, overview, one cooler, stock-outs and orders."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Annotated, ClassVar

from fastapi import APIRouter, Depends, FastAPI, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.middleware.gzip import GZipMiddleware

from cloud.analytics import overview as analytics
from cloud.analytics.present import Present
from cloud.api.deps import CallerDep, ManagerDep, ServicesDep, SessionDep, refuse_cross_site
from cloud.api.errors import ApiError, not_found
from cloud.api.shapes import RecordId
from cloud.identity import service as identity
from cloud.retail import orders
from cloud.web import (
    alerts,
    competition,
    cooler_settings,
    displays,
    errors,
    grade_schemes,
    grades,
    new_products,
    on_request,
    outlet,
    planogram_editor,
    planogram_pages,
    planograms,
    prices,
    promotion_planning,
    promotions,
    search,
    setup,
    shortages,
)
from cloud.web.acting import FASTER, ActingPage
from cloud.web.cooler import cooler_view
from cloud.web.i18n import LANGUAGES, N_, translations
from cloud.web.loop import loop_view, outlet_names
from cloud.web.pages import (
    LANGUAGE_COOKIE,
    STATIC,
    THEME_COOKIE,
    THEMES,
    Revalidated,
    is_fragment,
    language_of,
    page,
    safe_next,
)
from cloud.web.shortages import shortages_view
from cloud.web.views import overview_view
from cloud.web.words import words
from facings.ids import Slug

router = APIRouter(include_in_schema=False, dependencies=[Depends(errors.require_assets)])

PAGES = (
    on_request,
    cooler_settings,
    new_products,
    planogram_pages,
    planogram_editor,
    planograms,
    shortages,
    competition,
    prices,
    grades,
    outlet,
    grade_schemes,
    displays,
    promotion_planning,
    promotions,
    alerts,
    setup,
    search,
)
"""The modules of the other pages, each with a router of its own."""

A_YEAR_S = 365 * 24 * 3600


def mount_static(app: FastAPI) -> None:
    """Serve the files of the pages, and answer the errors of pages with pages; call when `app` has its routes."""
    app.mount("/static", GZipMiddleware(Revalidated(directory=STATIC)), name="static")
    errors.install(app)


@router.get("/")
def overview(request: Request, who: CallerDep, session: SessionDep, services: ServicesDep) -> HTMLResponse:
    """What is wrong, where, and what to do."""
    language = language_of(request, who)
    present = Present(session, services.clock.now())
    kpi = analytics.overview(session, present, services.settings.coverage_hours)
    view = overview_view(kpi, present.stockouts, outlet_names(session, language), words(language), language)
    return page(request, "overview.html", who, active="overview", kpi=kpi, view=view)


@router.get("/coolers/{cooler}")
def cooler(
    request: Request,
    who: CallerDep,
    session: SessionDep,
    services: ServicesDep,
    cooler: Slug,
    photo: uuid.UUID | None = None,
) -> HTMLResponse:
    """One cooler with its latest photo, or another of its photos; to htmx only what a new photo changes."""
    view = cooler_view(session, services, who, cooler, photo, language_of(request, who))
    if view is None:
        raise not_found("cooler" if photo is None else "photo", photo or cooler)
    template = "cooler_now.html" if is_fragment(request) else "cooler.html"
    return page(request, template, who, active="outlets", view=view)


class Loop(ActingPage):
    """The page of stock-outs, proposals and orders."""

    active = "stock-outs"
    whole, fragment = "stock_outs.html", "loop.html"
    refusals: ClassVar = {404: FASTER, 409: FASTER}

    def view(self) -> object:
        """The lists as they are now."""
        present = Present(self.session, self.services.clock.now())
        view = loop_view(self.session, self.who, present, self.language)
        if is_fragment(self.request):
            return view
        now = analytics.reference_time(present)
        return replace(view, shortages=shortages_view(self.session, self.services, self.who, now, self.language))


LoopDep = Annotated[Loop, Depends()]


@router.get("/stock-outs")
def stock_outs(loop: LoopDep) -> HTMLResponse:
    """Proposals to confirm, orders on their way, open stock-outs."""
    return loop.show()


@router.post("/stock-outs/proposals/confirm")
def confirm(
    loop: LoopDep,
    _manager: ManagerDep,
    ids: Annotated[list[RecordId], Form()],
    despite_held_back: Annotated[bool, Form()] = False,
) -> HTMLResponse:
    """Make one order of proposals of one outlet."""
    return loop.act(
        lambda: orders.confirm(loop.session, loop.who, ids, despite_held_back=despite_held_back),
        N_("The order is made."),
    )


@router.post("/stock-outs/proposals/{proposal}/dismiss")
def dismiss(loop: LoopDep, _manager: ManagerDep, proposal: RecordId) -> HTMLResponse:
    """Turn a proposal down."""
    return loop.act(lambda: orders.dismiss(loop.session, loop.who, proposal, ""), N_("Dismissed."))


@router.post("/stock-outs/orders/{order}/deliver")
def deliver(loop: LoopDep, _manager: ManagerDep, order: RecordId) -> HTMLResponse:
    """All that is outstanding has arrived."""
    return loop.act(lambda: orders.deliver(loop.session, loop.who, order), N_("Delivered: it counts from now on."))


@router.post("/stock-outs/orders/{order}/cancel")
def cancel(loop: LoopDep, _manager: ManagerDep, order: RecordId) -> HTMLResponse:
    """Call an order off."""
    return loop.act(lambda: orders.cancel(loop.session, loop.who, order), N_("Called off."))


@router.get("/sign-in")
def sign_in_page(request: Request, next: str = "/") -> HTMLResponse:  # noqa: A002 (the address's own word)
    """Where to sign in."""
    return page(request, "sign_in.html", None, following=safe_next(next), problem="", email="")


@router.post("/sign-in", dependencies=[Depends(refuse_cross_site)])
def sign_in(
    request: Request,
    services: ServicesDep,
    email: Annotated[str, Form()],
    password: Annotated[str, Form()],
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    """Sign in and go on to where the person wanted to."""
    address = request.client.host if request.client else "unknown"
    try:
        token = identity.sign_in(services, email, password, address)
    except ApiError as error:
        _ = translations(language_of(request, None)).gettext
        problem = _("Email or password is wrong.")
        if error.status == 429:
            problem = _("Too many failed sign-ins. Wait a few minutes.")
        context = {"following": safe_next(next), "problem": problem, "email": email}
        return page(request, "sign_in.html", None, status=error.status, **context)
    answer = RedirectResponse(safe_next(next), status_code=303)
    identity.set_session_cookie(answer, services, token)
    return answer


@router.post("/sign-out", dependencies=[Depends(refuse_cross_site)])
def sign_out() -> Response:
    """Forget the session."""
    answer = RedirectResponse("/sign-in", status_code=303)
    answer.delete_cookie(identity.SESSION_COOKIE)
    return answer


@router.post("/preferences", dependencies=[Depends(refuse_cross_site)])
def preferences(
    language: Annotated[str, Form()] = "",
    theme: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    """Keep this browser's language or theme."""
    answer = RedirectResponse(safe_next(next), status_code=303)
    if language in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, language, max_age=A_YEAR_S, samesite="lax", httponly=True)
    if theme in THEMES:
        answer.set_cookie(THEME_COOKIE, theme, max_age=A_YEAR_S, samesite="lax", httponly=True)
    return answer

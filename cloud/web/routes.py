"""The pages: sign-in, overview, one cooler, stock-outs and orders."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session
from starlette.middleware.gzip import GZipMiddleware

from cloud.analytics import overview as analytics
from cloud.analytics.present import Present
from cloud.api.deps import CallerDep, ManagerDep, ServicesDep, SessionDep, refuse_cross_site
from cloud.api.errors import ApiError, not_found
from cloud.api.shapes import RecordId
from cloud.identity import service as identity
from cloud.identity.service import Caller
from cloud.retail import orders
from cloud.services import Services
from cloud.web import alerts, competition, errors, grades, new_products, planogram_pages, promotions
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
from cloud.web.views import overview_view
from cloud.web.words import words
from facings.ids import Slug

router = APIRouter(include_in_schema=False, dependencies=[Depends(errors.require_assets)])

PAGES = (new_products, planogram_pages, competition, grades, promotions, alerts)
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
    return page(request, template, who, active="overview", view=view)


@dataclass(frozen=True)
class Loop:
    """What every request of the stock-outs page needs."""

    request: Request
    who: Caller
    session: Session
    services: Services
    background: BackgroundTasks

    def show(self, notice: str = "") -> HTMLResponse:
        """The page as it is now; to htmx only the lists."""
        present = Present(self.session, self.services.clock.now())
        language = language_of(self.request, self.who)
        view = loop_view(self.session, self.who, analytics.stockout_list(present), language)
        spoken = translations(language).gettext(notice) if notice else ""
        template = "loop.html" if is_fragment(self.request) else "stock_outs.html"
        return page(self.request, template, self.who, active="stock-outs", view=view, notice=spoken)

    def act(self, change: Callable[[], object], done: str) -> HTMLResponse:
        """Make a change and show what came of it, also where somebody else was faster."""
        try:
            with self.session.begin_nested():
                change()
        except ApiError as error:
            if error.status not in (404, 409):
                raise
            return self.show(N_("Somebody was faster: it is decided already. The list is up to date now."))
        self.background.add_task(self.services.live.refresh, self.who.tenant)
        return self.show(done)


def _loop(
    request: Request, who: CallerDep, session: SessionDep, services: ServicesDep, background: BackgroundTasks
) -> Loop:
    return Loop(request, who, session, services, background)


LoopDep = Annotated[Loop, Depends(_loop)]


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

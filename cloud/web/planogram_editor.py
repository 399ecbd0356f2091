"""The planogram editor: made by hand or from a photo, changed into the next version."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from cloud.analytics.compliance.answer import read_observation, read_seen
from cloud.analytics.compliance.from_photo import follow_from
from cloud.analytics.present import Catalogue
from cloud.api.deps import ManagerDep, ServicesDep, SessionDep
from cloud.api.errors import ApiError, not_found
from cloud.api.shapes import RecordId
from cloud.audits.facts import Facts
from cloud.identity.service import Caller
from cloud.outlets.models import Cooler, Planogram
from cloud.outlets.planograms import add_planogram
from cloud.outlets.succession import succeed
from cloud.web import errors
from cloud.web.pages import language_of, page
from cloud.web.planogram_drafts import Draft, Kind, PlanogramForm, draft_of, draft_of_photo, refused
from cloud.web.planograms import found_planogram
from facings.errors import BadInputError
from facings.ids import Slug
from facings.messages import Observation

router = APIRouter(include_in_schema=False, dependencies=[Depends(errors.require_assets)])

Photographed = tuple[Cooler, Observation]


@router.get("/planograms/new")
def new_planogram(
    request: Request,
    who: ManagerDep,
    session: SessionDep,
    services: ServicesDep,
    kind: Kind = "places",
    cooler: Slug | None = None,
    photo: uuid.UUID | None = None,
) -> HTMLResponse:
    """An empty editor, or one with what a photo of a cooler shows, by default its latest."""
    if cooler is None:
        return _editor(request, who, session, Draft(kind))
    known, seen = session.get(Cooler, (who.tenant, cooler)), read_seen(services.facts, who.tenant, cooler, photo)
    if known is None or seen is None:
        raise not_found("cooler with a usable photo", cooler)
    return _editor(request, who, session, draft_of_photo(session, known, seen, language_of(request, who)))


@router.get("/planograms/{planogram_id}/edit")
def change_planogram(request: Request, who: ManagerDep, session: SessionDep, planogram_id: RecordId) -> HTMLResponse:
    """The editor with a version, which becomes the next."""
    return _editor(request, who, session, draft_of(found_planogram(session, planogram_id)))


@router.post("/planograms")
def keep_planogram(
    request: Request,
    who: ManagerDep,
    session: SessionDep,
    services: ServicesDep,
    background: BackgroundTasks,
    form: Annotated[PlanogramForm, Form()],
) -> Response:
    """Keep it as a new planogram or the next version, and go on to it; what is refused stays in the editor."""
    older = found_planogram(session, form.based_on) if form.based_on else None
    shown = _photographed(session, services.facts, who, form.observation) if form.observation else None
    try:
        with session.begin_nested():
            made = add_planogram(session, who, form.body(), form.observation)
            changed = _followers(session, who, made, older, shown) if form.follow else []
    except (BadInputError, ApiError) as error:
        begun = _begun(session, form, older, shown, language_of(request, who))
        return _editor(request, who, session, refused(begun, form, error), status=422)
    background.add_task(services.live.refresh, who.tenant, changed)
    return RedirectResponse(f"/planograms/{made.id}", status_code=303)


def _photographed(session: Session, facts: Facts, who: Caller, observation: uuid.UUID) -> Photographed:
    found = read_observation(facts, who.tenant, observation)
    cooler = session.get(Cooler, (who.tenant, found[0])) if found else None
    if found is None or cooler is None:
        raise not_found("usable observation", str(observation))
    return cooler, found[1]


def _followers(
    session: Session, who: Caller, made: Planogram, older: Planogram | None, shown: Photographed | None
) -> list[str]:
    """Have those follow it that followed the version before, or the cooler of its photo from that photo on."""
    if older is not None:
        return succeed(session, who, older, made)
    if shown is None:
        return []
    cooler, seen = shown
    follow_from(session, who, cooler, made, seen.captured_at)
    return [cooler.id]


def _begun(
    session: Session, form: PlanogramForm, older: Planogram | None, shown: Photographed | None, language: str
) -> Draft:
    """What stood in the editor at first."""
    if older is not None:
        return draft_of(older)
    return draft_of_photo(session, *shown, language) if shown else Draft(form.kind)


def _editor(request: Request, who: Caller, session: Session, draft: Draft, status: int = 200) -> HTMLResponse:
    catalogue, chinese = Catalogue(session), language_of(request, who).startswith("zh")
    products = [
        {"sku": sku, "name": one.name_zh if chinese and one.name_zh else one.name, "group": catalogue.group(sku)}
        for sku, one in sorted(catalogue.products.items(), key=lambda item: (not item[1].own, item[1].name))
    ]
    context = {"draft": draft, "products": products}
    return page(request, "planogram_editor.html", who, active="planograms", status=status, **context)

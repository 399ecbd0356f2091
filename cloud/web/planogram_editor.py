"""The planogram editor: made by hand or from a photo, changed into the next version."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, BackgroundTasks, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from cloud.analytics.compliance.answer import read_observation, read_seen
from cloud.analytics.compliance.from_photo import follow_from
from cloud.analytics.compliance.shelf import UNNAMED, lanes_of, shelves_of
from cloud.analytics.present import Catalogue
from cloud.api.deps import ManagerDep, ServicesDep, SessionDep
from cloud.api.errors import ApiError, not_found
from cloud.api.shapes import RecordId
from cloud.audits.facts import Facts
from cloud.audits.models import Photo
from cloud.identity.service import Caller
from cloud.outlets.models import PLACES, PRIORITY, Cooler, Planogram
from cloud.outlets.planograms import add_planogram
from cloud.outlets.schemas import LaneBody, PlanogramBody, PriorityBody
from cloud.outlets.succession import succeed
from cloud.web import errors
from cloud.web.alert_forms import checked
from cloud.web.loop import named
from cloud.web.pages import language_of, page
from cloud.web.planograms import found_planogram
from facings.errors import BadInputError
from facings.ids import Slug
from facings.messages import Observation

router = APIRouter(include_in_schema=False, dependencies=[Depends(errors.require_assets)])

Kind = Literal["places", "priority"]
MOST_JSON = 500_000
_SHELVES: TypeAdapter[list[list[PriorityBody]]] = TypeAdapter(list[list[PriorityBody]])


class PlanogramForm(BaseModel):
    """What the editor sends; `shelves` is JSON: lanes by shelf, of a priority list one shelf."""

    name: Annotated[str, Field(max_length=200)] = ""
    kind: Kind = "places"
    shelves: Annotated[str, Field(max_length=MOST_JSON)] = "[]"
    based_on: RecordId | None = None
    observation: uuid.UUID | None = None
    follow: bool = False

    def lanes(self) -> list[list[PriorityBody]]:
        """The shelves.

        Raises:
            BadInputError: they are none.
        """
        try:
            return _SHELVES.validate_json(self.shelves)
        except ValidationError as error:
            raise BadInputError(f"shelves: {error.errors()[0]['msg']}") from error

    def body(self) -> PlanogramBody:
        """What the API takes.

        Raises:
            BadInputError: the text says what is wrong.
        """
        lanes = self.lanes()
        if self.kind == PRIORITY:
            every = [one.model_dump() for row in lanes for one in row]
            return checked(PlanogramBody, {"name": self.name, "priorities": every})
        rows = [[LaneBody(sku=one.sku, depth=one.depth).model_dump() for one in row] for row in lanes]
        return checked(PlanogramBody, {"name": self.name, "rows": rows if any(rows) else []})


@dataclass(frozen=True)
class Draft:
    """What stands in the editor."""

    kind: str
    name: str = ""
    shelves: Sequence[Sequence[Mapping[str, str | int]]] = field(default_factory=lambda: [[]])
    based_on: Planogram | None = None
    observation: uuid.UUID | None = None
    photo: uuid.UUID | None = None
    """The photo it was made from, where it is stored already."""
    cooler: str = ""
    """The name of the cooler that the photo shows."""
    taken_at: datetime | None = None
    unnamed: int = 0
    """Facings of the photo without a name, which are left out."""
    follow: bool = True
    problem: str = ""


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
    language = language_of(request, who)
    draft = Draft(kind) if cooler is None else _shown(session, services.facts, who, cooler, photo, language)
    return _editor(request, who, session, draft)


@router.get("/planograms/{planogram_id}/edit")
def change_planogram(request: Request, who: ManagerDep, session: SessionDep, planogram_id: RecordId) -> HTMLResponse:
    """The editor with a version, which becomes the next."""
    plan = found_planogram(session, planogram_id)
    return _editor(request, who, session, Draft(plan.kind, plan.name, listed(plan), plan))


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
    try:
        with session.begin_nested():
            made, changed = _kept(session, services.facts, who, form)
    except (BadInputError, ApiError) as error:
        return _editor(request, who, session, _refused(session, form, error), status=422)
    background.add_task(services.live.refresh, who.tenant, changed)
    return RedirectResponse(f"/planograms/{made.id}", status_code=303)


def listed(plan: Planogram) -> list[list[Mapping[str, str | int]]]:
    """The shelves as the editor takes them; a product of a priority list stands there once, with its facings."""
    if plan.kind == PLACES:
        return [[{"sku": lane["sku"], "depth": lane["depth"], "facings": 1} for lane in row] for row in plan.rows]
    depths = {lane["sku"]: lane["depth"] for row in plan.rows for lane in row}
    return [[{"sku": sku, "depth": depths[sku], "facings": number} for sku, number in plan.facings().items()]]


def _shown(session: Session, facts: Facts, who: Caller, cooler: str, photo: uuid.UUID | None, language: str) -> Draft:
    """What a photo of a cooler shows, by default its latest usable one."""
    known, seen = session.get(Cooler, (who.tenant, cooler)), read_seen(facts, who.tenant, cooler, photo)
    if known is None or seen is None:
        raise not_found("cooler with a usable photo", cooler)
    shelves, stored = shelves_of(seen), session.get(Photo, (who.tenant, seen.photo_id))
    rows: list[list[Mapping[str, str | int]]] = [
        [{"sku": lane["sku"], "depth": lane["depth"], "facings": 1} for lane in row] for row in lanes_of(shelves)
    ]
    return Draft(
        PLACES,
        named(known, language),
        rows or [[]],
        observation=seen.id,
        photo=seen.photo_id if stored is not None and stored.stored_at else None,
        cooler=named(known, language),
        taken_at=seen.captured_at,
        unnamed=sum(one.sku == UNNAMED for row in shelves for one in row),
    )


def _kept(session: Session, facts: Facts, who: Caller, form: PlanogramForm) -> tuple[Planogram, list[str]]:
    """The version made, and the coolers that follow it from now on, or from its photo on."""
    shown: tuple[str, Observation] | None = None
    if form.observation:
        shown = read_observation(facts, who.tenant, form.observation)
        if shown is None:
            raise not_found("usable observation", str(form.observation))
    older = found_planogram(session, form.based_on) if form.based_on else None
    made = add_planogram(session, who, form.body(), form.observation)
    if not form.follow:
        return made, []
    if older is not None:
        return made, succeed(session, who, older, made)
    if shown is not None:
        follow_from(session, who, session.get_one(Cooler, (who.tenant, shown[0])), made, shown[1].captured_at)
        return made, [shown[0]]
    return made, []


def _refused(session: Session, form: PlanogramForm, error: Exception) -> Draft:
    """What was sent, as far as it can be drawn, and what is wrong with it."""
    try:
        shelves: list[list[Mapping[str, str | int]]] = [[one.model_dump() for one in row] for row in form.lanes()]
    except BadInputError:
        shelves = [[]]
    return Draft(
        form.kind,
        form.name,
        shelves or [[]],
        based_on=session.get(Planogram, form.based_on) if form.based_on else None,
        observation=form.observation,
        follow=form.follow,
        problem=str(error),
    )


def _editor(request: Request, who: Caller, session: Session, draft: Draft, status: int = 200) -> HTMLResponse:
    catalogue, chinese = Catalogue(session), language_of(request, who).startswith("zh")
    products = [
        {"sku": sku, "name": one.name_zh if chinese and one.name_zh else one.name, "group": catalogue.group(sku)}
        for sku, one in sorted(catalogue.products.items(), key=lambda item: (not item[1].own, item[1].name))
    ]
    context = {"draft": draft, "products": products}
    return page(request, "planogram_editor.html", who, active="planograms", status=status, **context)

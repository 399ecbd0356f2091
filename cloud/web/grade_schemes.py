"""The page of grade schemes: weights and targets of the pillars by outlet class, and what others would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.grades.answer import SchemeBody
from cloud.analytics.grades.grade import DEFAULT, PILLARS, Scheme
from cloud.analytics.grades.reading import schemes
from cloud.analytics.grades.schemes import ALL_OTHERS, Regraded, checked_class, put_scheme, regraded, remove_scheme
from cloud.analytics.latest_days import latest_days
from cloud.api.deps import CallerDep, ManagerDep, ServicesDep, SessionDep
from cloud.api.errors import ApiError
from cloud.identity.service import Caller
from cloud.outlets.models import Outlet
from cloud.services import Services
from cloud.web import errors
from cloud.web.alert_forms import checked
from cloud.web.competition import points
from cloud.web.grades import grades_of
from cloud.web.i18n import N_, translations
from cloud.web.loop import may_act, outlet_names
from cloud.web.pages import language_of, page
from facings.errors import BadInputError

router = APIRouter(include_in_schema=False, dependencies=[Depends(errors.require_assets)])

MOST_LISTED = 50
Class = Annotated[str, Query(max_length=40)]


class SchemeForm(BaseModel):
    """What the form sends: a weight, and a target in percent, for each pillar in its order."""

    outlet_class: Annotated[str, Field(max_length=40)] = ALL_OTHERS
    weight: Annotated[list[str], Field(max_length=len(PILLARS))] = []
    target: Annotated[list[str], Field(max_length=len(PILLARS))] = []

    def body(self) -> SchemeBody:
        """What the API takes.

        Raises:
            BadInputError: the text says what is wrong.
        """
        if not len(self.weight) == len(self.target) == len(PILLARS):
            raise BadInputError(f"give a weight and a target for each of {', '.join(PILLARS)}")
        weights = {name: _number(text) for name, text in zip(PILLARS, self.weight, strict=True)}
        targets = {name: _number(text) / 100 for name, text in zip(PILLARS, self.target, strict=True)}
        return checked(SchemeBody, {"outlet_class": self.outlet_class, "weights": weights, "targets": targets})


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadInputError(f"{text!r} is not a number") from None


@dataclass(frozen=True)
class PillarRow:
    """A pillar of the scheme in the form."""

    pillar: str
    weight: float
    target: float
    """In percent."""


@dataclass(frozen=True)
class ClassRow:
    """An outlet class that can have a scheme of its own."""

    outlet_class: str
    outlets: int
    own: bool


@dataclass(frozen=True)
class Preview:
    """What a scheme would change."""

    rows: Sequence[tuple[Regraded, str]]
    """Each with its change in points, signed."""
    total: int
    better: int
    worse: int
    before: float | None
    after: float | None
    """The mean grades."""
    names: Mapping[str, str]


@dataclass(frozen=True)
class SchemesView:
    """The page for one class."""

    outlet_class: str
    classes: Sequence[ClassRow]
    pillars: Sequence[PillarRow]
    own: bool
    preview: Preview
    may_act: bool
    problem: str = ""


@router.get("/grade-schemes")
def grade_schemes(
    request: Request, who: CallerDep, session: SessionDep, services: ServicesDep, outlet_class: Class = ALL_OTHERS
) -> HTMLResponse:
    """The scheme of a class, and the grades that it gives."""
    return _show(request, who, session, services, outlet_class)


@router.get("/grade-schemes/preview")
def preview_scheme(
    request: Request, who: CallerDep, session: SessionDep, services: ServicesDep, form: Annotated[SchemeForm, Query()]
) -> HTMLResponse:
    """What the scheme in the form would change, for the page that is there; nothing is kept."""
    language = language_of(request, who)
    try:
        shown, problem = _preview(session, services, who, form.outlet_class, form.body().scheme, language), ""
    except BadInputError as error:
        shown, problem = None, str(error)
    return page(request, "grade_preview.html", who, active="outlets", preview=shown, problem=problem)


@router.post("/grade-schemes")
def keep_scheme(
    request: Request,
    who: ManagerDep,
    session: SessionDep,
    services: ServicesDep,
    form: Annotated[SchemeForm, Form()],
) -> HTMLResponse:
    """Grade a class by the scheme in the form from now on."""
    try:
        put_scheme(session, who, form.body())
    except BadInputError as error:
        return _show(request, who, session, services, form.outlet_class, problem=str(error))
    return _show(request, who, session, services, form.outlet_class, notice=N_("Kept: grades follow it from now on."))


@router.post("/grade-schemes/remove")
def take_back(
    request: Request,
    who: ManagerDep,
    session: SessionDep,
    services: ServicesDep,
    outlet_class: Annotated[str, Form(max_length=40)] = ALL_OTHERS,
) -> HTMLResponse:
    """Grade a class as all others again."""
    try:
        remove_scheme(session, who, outlet_class)
    except ApiError as error:
        if error.status != 404:
            raise
    session.flush()
    left = {one.outlet_class for one in _classes(session, schemes(session))}
    shown = outlet_class if outlet_class in left else ALL_OTHERS
    return _show(request, who, session, services, shown, notice=N_("It is graded as before."))


def schemes_view(
    session: Session, services: Services, caller: Caller, outlet_class: str, language: str, problem: str = ""
) -> SchemesView:
    """The page for `caller`: the scheme in force for a class, the empty one being all without their own.

    Raises:
        ApiError: 404 where no outlet is of the class.
    """
    kept = schemes(session)
    classes = _classes(session, kept)
    checked_class(outlet_class, [one.outlet_class for one in classes])
    scheme = kept.get(outlet_class) or kept.get(ALL_OTHERS) or DEFAULT
    return SchemesView(
        outlet_class=outlet_class,
        classes=classes,
        pillars=[PillarRow(one, scheme.weights[one], round(100 * scheme.targets[one], 1)) for one in PILLARS],
        own=outlet_class in kept,
        preview=_preview(session, services, caller, outlet_class, scheme, language),
        may_act=may_act(caller),
        problem=problem,
    )


def _classes(session: Session, kept: Mapping[str, Scheme]) -> list[ClassRow]:
    """All without their own first, then each class that outlets have, or that has a scheme."""
    of_outlets = list(session.scalars(select(Outlet.outlet_class)))
    names = sorted({*of_outlets, *kept} - {ALL_OTHERS})
    rows = [ClassRow(name, of_outlets.count(name), name in kept) for name in names]
    rest = sum(name not in kept or name == ALL_OTHERS for name in of_outlets)
    return [ClassRow(ALL_OTHERS, rest, ALL_OTHERS in kept), *rows]


def _preview(
    session: Session, services: Services, caller: Caller, outlet_class: str, scheme: Scheme, language: str
) -> Preview:
    days = latest_days(session, services.clock.now())
    found = regraded(grades_of(session, services, caller.tenant, days), outlet_class, scheme)
    before = [one.before.value for one in found if one.before]
    after = [one.after.value for one in found if one.after]
    return Preview(
        rows=[(one, points(one.change / 100, language)) for one in found[:MOST_LISTED]],
        total=len(found),
        better=sum(one.change > 0 for one in found),
        worse=sum(one.change < 0 for one in found),
        before=sum(before) / len(before) if before else None,
        after=sum(after) / len(after) if after else None,
        names=outlet_names(session, language),
    )


def _show(
    request: Request,
    who: Caller,
    session: Session,
    services: Services,
    outlet_class: str,
    *,
    notice: str = "",
    problem: str = "",
) -> HTMLResponse:
    language = language_of(request, who)
    view = schemes_view(session, services, who, outlet_class, language, problem)
    spoken = translations(language).gettext(notice) if notice else ""
    status = 422 if problem else 200
    return page(request, "grade_schemes.html", who, active="outlets", status=status, view=view, notice=spoken)

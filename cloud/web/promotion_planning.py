"""The pages on which promotions are planned: a form for a new one and for one to change, and to end or remove one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.api.deps import ManagerDep, ServicesDep, SessionDep
from cloud.api.errors import ApiError
from cloud.api.shapes import RecordId
from cloud.catalog.models import Product
from cloud.identity.service import Caller
from cloud.retail.promotions.models import Promotion
from cloud.retail.promotions.schemas import PromotionBody
from cloud.retail.promotions.service import (
    PromotionRefusedError,
    change_planned,
    end_promotion,
    found_promotion,
    put_promotion,
    remove_promotion,
    stage_of,
)
from cloud.web import errors
from cloud.web.pages import language_of, page
from cloud.web.promotion_choices import form_view
from cloud.web.promotion_form import PromotionForm
from cloud.web.promotion_words import MECHANICS

router = APIRouter(include_in_schema=False, dependencies=[Depends(errors.require_assets)])

FormDep = Annotated[PromotionForm, Form()]


@router.get("/promotions/new")
def new_promotion(request: Request, who: ManagerDep, session: SessionDep, like: RecordId | None = None) -> HTMLResponse:
    """An empty form, or one filled in as another promotion was, but for its days."""
    form = PromotionForm(currency=_currency(session))
    if like is not None:
        form = PromotionForm.of(found_promotion(session, like)).model_copy(update={"first": "", "last": ""})
    return _show(request, who, session, form)


@router.post("/promotions/new")
def add_promotion(
    request: Request, who: ManagerDep, session: SessionDep, services: ServicesDep, form: FormDep
) -> Response:
    """Keep a new promotion, or say beside each field what is wrong."""
    now = services.clock.now()
    return _kept(request, who, session, form, lambda body: put_promotion(session, who, body, now), told="added")


@router.get("/promotions/{promotion_id}/change")
def change_form(
    request: Request, who: ManagerDep, session: SessionDep, services: ServicesDep, promotion_id: RecordId
) -> Response:
    """The form of a promotion that has not begun."""
    row = found_promotion(session, promotion_id)
    if stage_of(session, row, services.clock.now()) != "planned":
        return _back_to(promotion_id, "begun")
    return _show(request, who, session, PromotionForm.of(row), changed=row)


@router.post("/promotions/{promotion_id}/change")
def change_promotion(
    request: Request,
    who: ManagerDep,
    session: SessionDep,
    services: ServicesDep,
    promotion_id: RecordId,
    form: FormDep,
) -> Response:
    """Keep the changes, or say beside each field what is wrong."""
    row, now = found_promotion(session, promotion_id), services.clock.now()

    def change(body: PromotionBody) -> Promotion:
        return change_planned(session, who, promotion_id, body, now)

    try:
        return _kept(request, who, session, form, change, told="kept", changed=row)
    except ApiError as error:
        return _back_to(promotion_id, "begun", error)


@router.post("/promotions/{promotion_id}/end")
def end(who: ManagerDep, session: SessionDep, services: ServicesDep, promotion_id: RecordId) -> Response:
    """Let today be its last day."""
    try:
        end_promotion(session, who, promotion_id, services.clock.now())
    except ApiError as error:
        return _back_to(promotion_id, "over", error)
    return _back_to(promotion_id, "ended")


@router.post("/promotions/{promotion_id}/remove")
def remove(who: ManagerDep, session: SessionDep, promotion_id: RecordId) -> Response:
    """Take it away, with its study."""
    remove_promotion(session, who, promotion_id)
    return RedirectResponse("/promotions", status_code=303)


def _kept(
    request: Request,
    who: Caller,
    session: Session,
    form: PromotionForm,
    keep: Callable[[PromotionBody], Promotion],
    *,
    told: str,
    changed: Promotion | None = None,
) -> Response:
    try:
        with session.begin_nested():
            row = keep(form.body())
    except (ValidationError, PromotionRefusedError) as error:
        complaints = form.complaints(error, language_of(request, who))
        return _show(request, who, session, form, complaints, changed=changed)
    return _back_to(row.id, told)


def _show(
    request: Request,
    who: Caller,
    session: Session,
    form: PromotionForm,
    complaints: Mapping[str, str] | None = None,
    *,
    changed: Promotion | None = None,
) -> HTMLResponse:
    view = form_view(
        session,
        form,
        language_of(request, who),
        complaints or {},
        named_until_now=changed.name if changed else "",
        back=f"/promotions/{changed.id}" if changed else "/promotions",
    )
    status = 422 if complaints else 200
    return page(request, "promotion_form.html", who, active="promotions", status=status, view=view, mechanics=MECHANICS)


def _back_to(promotion_id: int, told: str, refused: ApiError | None = None) -> Response:
    """To the page of a promotion, with what came of it; a refusal other than by its stage is raised."""
    if refused is not None and refused.status != 409:
        raise refused
    return RedirectResponse(f"/promotions/{promotion_id}?told={told}", status_code=303)


def _currency(session: Session) -> str:
    """That of the last promotion, else of the products."""
    last = session.scalar(select(Promotion.currency).order_by(Promotion.id.desc()).limit(1))
    return last or session.scalar(select(Product.currency).order_by(Product.own.desc()).limit(1)) or "USD"

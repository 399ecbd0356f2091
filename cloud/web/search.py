"""The page of what is found by a name or an id: outlets, coolers, products and promotions of the reader's company."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import String, and_, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cloud.api.deps import CallerDep, SessionDep
from cloud.catalog.models import Product
from cloud.outlets.models import Cooler, Outlet
from cloud.retail.promotions.models import Promotion
from cloud.web import errors
from cloud.web.loop import named, outlet_names
from cloud.web.pages import language_of, page

router = APIRouter(include_in_schema=False, dependencies=[Depends(errors.require_assets)])

MOST_OF_A_KIND = 20


@dataclass(frozen=True)
class Found:
    """One thing: its page, where it has one, its name, and what tells it from others of this name."""

    address: str
    name: str
    detail: str


@dataclass(frozen=True)
class Kind:
    """What was found of one kind: the first of them, and how many there are."""

    kind: str
    found: Sequence[Found]
    total: int


@router.get("/search")
def search(
    request: Request, who: CallerDep, session: SessionDep, q: Annotated[str, Query(max_length=200)] = ""
) -> HTMLResponse:
    """What holds every word of `q` in its name or id."""
    kinds = found_kinds(session, q, language_of(request, who)) if q.strip() else []
    return page(request, "search.html", who, active="search", wanted=q.strip(), kinds=kinds)


def found_kinds(session: Session, wanted: str, language: str) -> list[Kind]:
    """The kinds of which something was found; `session` is of the reader's tenant."""
    outlets = outlet_names(session, language)
    of_outlets = _rows(session, wanted, Outlet, Outlet.id, Outlet.name, Outlet.name_zh)
    of_coolers = _rows(session, wanted, Cooler, Cooler.id, Cooler.name, Cooler.name_zh)
    of_products = _rows(session, wanted, Product, Product.sku, Product.name, Product.name_zh, Product.gtin)
    of_promotions = _rows(session, wanted, Promotion, Promotion.id, Promotion.name)
    kinds = [
        Kind(
            "outlets",
            [
                Found(f"/outlets/{one.id}", named(one, language), _joined(one.region, one.outlet_class, one.id))
                for one in of_outlets[0]
            ],
            of_outlets[1],
        ),
        Kind(
            "coolers",
            [
                Found(f"/coolers/{one.id}", named(one, language), _joined(outlets[one.outlet_id], one.id))
                for one in of_coolers[0]
            ],
            of_coolers[1],
        ),
        Kind(
            "products",
            [Found("", named(one, language), _joined(one.brand, one.sku, one.gtin or "")) for one in of_products[0]],
            of_products[1],
        ),
        Kind(
            "promotions",
            [Found(f"/promotions/{one.id}", one.name, f"{one.first} – {one.last}") for one in of_promotions[0]],
            of_promotions[1],
        ),
    ]
    return [kind for kind in kinds if kind.total]


def _rows(session: Session, wanted: str, table: Any, *columns: InstrumentedAttribute[Any]) -> tuple[Sequence[Any], int]:
    """The first rows, by name, in which each word stands in one of the columns, and how many there are."""
    fits = and_(
        *(
            or_(*(cast(column, String).icontains(word, autoescape=True) for column in columns))
            for word in wanted.split()
        )
    )
    total = session.scalar(select(func.count()).select_from(table).where(fits)) or 0
    first = select(table).where(fits).order_by(table.name, columns[0]).limit(MOST_OF_A_KIND)
    return session.scalars(first).all(), total


def _joined(*details: str) -> str:
    return " · ".join(filter(None, details))

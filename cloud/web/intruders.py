"""Open intrusions as the competition page lists them: cooler by cooler, as somebody would go and clear them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cloud.analytics.present import Catalogue
from cloud.analytics.share.answer import IntrusionAnswer, intrusion_answers
from cloud.analytics.share.models import Intrusion
from cloud.outlets.models import Cooler, Outlet
from cloud.web.loop import named

MOST_COOLERS = 30

_OPEN = Intrusion.gone_at.is_(None), Intrusion.withdrawn_at.is_(None)


@dataclass(frozen=True)
class IntrudedCooler:
    """A cooler with competitors' products, the one with the most facings first; `facings` are those of all."""

    id: str
    name: str
    outlet: str
    facings: int
    products: Sequence[IntrusionAnswer]


@dataclass(frozen=True)
class Intruders:
    """The open intrusions: how many in how many coolers, and those of the coolers with the most facings."""

    in_all: int
    coolers_in_all: int
    coolers: Sequence[IntrudedCooler]


def open_intruders(
    session: Session,
    catalogue: Catalogue,
    coolers: Mapping[str, Cooler],
    outlets: Mapping[str, Outlet],
    language: str,
    most: int = MOST_COOLERS,
) -> Intruders:
    """The open intrusions of the session's tenant; those of at most so many coolers one by one."""
    facings = func.sum(Intrusion.facings)
    counted = session.execute(
        select(Intrusion.cooler_id, func.count().label("products"), facings.label("facings"))
        .where(*_OPEN)
        .group_by(Intrusion.cooler_id)
        .order_by(facings.desc(), Intrusion.cooler_id)
    ).all()
    shown = counted[:most]
    rows = session.scalars(
        select(Intrusion)
        .where(*_OPEN, Intrusion.cooler_id.in_([one.cooler_id for one in shown]))
        .order_by(Intrusion.facings.desc(), Intrusion.first_seen_at, Intrusion.sku)
    )
    products: dict[str, list[IntrusionAnswer]] = defaultdict(list)
    for answer in intrusion_answers(rows, catalogue, coolers, outlets):
        products[answer.cooler].append(answer)
    return Intruders(
        in_all=sum(one.products for one in counted),
        coolers_in_all=len(counted),
        coolers=[
            IntrudedCooler(
                one.cooler_id,
                named(coolers[one.cooler_id], language),
                named(outlets[coolers[one.cooler_id].outlet_id], language),
                one.facings,
                products[one.cooler_id],
            )
            for one in shown
        ],
    )

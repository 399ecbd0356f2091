"""A promotion from planned to over, by the days of its outlets; changed before it begins, ended while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.promo.models import PromotionStudyRecord
from cloud.api.errors import ApiError
from cloud.catalog.models import Product
from cloud.identity.models import AuditEntry
from cloud.identity.service import create_tenant, operator
from cloud.outlets.models import Outlet
from cloud.retail.promotions.models import Promotion
from cloud.retail.promotions.schemas import PromotionBody
from cloud.retail.promotions.service import (
    PromotionRefusedError,
    change_planned,
    end_promotion,
    put_promotion,
    remove_promotion,
    stage_of,
)
from cloud.services import Services

WHO = operator("acme")
EVE = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
"""Midnight of the first day in Auckland, where it begins first."""
BODY: dict[str, Any] = {
    "name": "Summer cola",
    "skus": ["cola-330"],
    "outlets": ["auckland", "honolulu"],
    "first": "2026-05-04",
    "last": "2026-05-17",
    "margins": {"cola-330": 0.4},
    "cost": "150.00",
}


@pytest.fixture
def session(services: Services) -> Iterator[Session]:
    """Outlets at both ends of the day, 22 hours apart."""
    with services.records.all_tenants() as session:
        create_tenant(session, "acme", "Acme")
    with services.records.session("acme") as session:
        session.add(Product(sku="cola-330", name="Cola", brand="Korra", owner="Acme", own=True))
        for name, zone in (("auckland", "Pacific/Auckland"), ("honolulu", "Pacific/Honolulu")):
            session.add(Outlet(id=name, name=name.title(), region=name, timezone=zone))
        session.flush()
        yield session


def planned(session: Session, **changed: Any) -> Promotion:
    return put_promotion(session, WHO, PromotionBody.model_validate(BODY | changed), EVE - timedelta(days=9))


@pytest.mark.parametrize(
    ("moment", "stage"),
    [
        pytest.param("2026-05-03T11:59", "planned", id="a minute before midnight in Auckland"),
        pytest.param("2026-05-03T12:00", "running", id="the first day begins in Auckland"),
        pytest.param("2026-05-18T09:59", "running", id="a minute before midnight in Honolulu"),
        pytest.param("2026-05-18T10:00", "over", id="the last day is over in Honolulu"),
    ],
)
def test_the_days_are_those_of_the_outlets(session: Session, moment: str, stage: str) -> None:
    assert stage_of(session, planned(session), datetime.fromisoformat(moment).replace(tzinfo=UTC)) == stage


def test_it_is_changed_until_it_begins(session: Session) -> None:
    row, other = planned(session), PromotionBody.model_validate(BODY | {"cost": "99.00"})
    assert change_planned(session, WHO, row.id, other, EVE - timedelta(minutes=1)).cost == 99
    with pytest.raises(ApiError, match="has begun"):
        change_planned(session, WHO, row.id, other, EVE)


@pytest.mark.parametrize(
    ("moment", "last"),
    [
        pytest.param("2026-05-10T11:00", date(2026, 5, 10), id="the same day in both"),
        pytest.param("2026-05-10T12:00", date(2026, 5, 11), id="a day later in Auckland"),
        pytest.param("2026-05-03T11:00", None, id="not begun"),
        pytest.param("2026-05-17T11:00", None, id="it ends today anyway"),
    ],
)
def test_it_ends_with_today(session: Session, moment: str, last: date | None) -> None:
    row, now = planned(session), datetime.fromisoformat(moment).replace(tzinfo=UTC)
    if last is None:
        with pytest.raises(ApiError, match="from 2026-05-04 to 2026-05-17"):
            end_promotion(session, WHO, row.id, now)
        return
    end_promotion(session, WHO, row.id, now)
    assert (row.last, row.changed_at) == (last, now)
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()[-2:] == [
        "promotion.added",
        "promotion.ended",
    ]


@pytest.mark.parametrize("how", ["ended", "removed"])
def test_those_beside_it_are_studied_anew(session: Session, how: str) -> None:
    row, beside = planned(session), planned(session, name="Beside", outlets=["honolulu"])
    session.add(
        PromotionStudyRecord(
            promotion_id=beside.id, state="running", studied_at=EVE, reason="", outlets_known=0, outlets_promoted=0
        )
    )
    session.flush()
    if how == "ended":
        end_promotion(session, WHO, row.id, EVE + timedelta(days=3))
    else:
        remove_promotion(session, WHO, row.id)
    assert session.scalars(select(PromotionStudyRecord)).all() == []


@pytest.mark.parametrize(
    ("changed", "field", "rule"),
    [
        ({"skus": ["kola"], "margins": {"kola": 1}}, "skus", "unknown"),
        ({"sisters": ["kola"], "margins": {"kola": 1, "cola-330": 1}}, "sisters", "unknown"),
        ({"outlets": ["dunedin"]}, "outlets", "unknown"),
        ({"outlets": [], "regions": ["dunedin"]}, "regions", "fits-no-outlet"),
    ],
)
def test_a_refusal_names_its_field_and_rule(session: Session, changed: dict[str, Any], field: str, rule: str) -> None:
    with pytest.raises(PromotionRefusedError) as refused:
        planned(session, **changed)
    assert (refused.value.field, refused.value.rule) == (field, rule)

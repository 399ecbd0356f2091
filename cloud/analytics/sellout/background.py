"""Sell-out in the background: looks from time to time which days must be computed, and computes them."""

from __future__ import annotations

import logging
from datetime import date
from functools import partial

from sqlalchemy import select

from cloud.analytics.sellout.apart import estimate_apart
from cloud.analytics.sellout.service import Estimator, compute, stale
from cloud.identity.models import Tenant
from cloud.rounds import Rounds
from cloud.services import Services

log = logging.getLogger(__name__)


class SellOutRounds(Rounds):
    """Keeps `sellout_day` up to date."""

    name = "sell-out"
    purpose = "compute sell-out"

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services

    def pause_s(self) -> float:
        """As set."""
        return 60 * self._services.settings.sellout.every_minutes

    def round(self) -> int:
        """Compute every stale day of every tenant; how many rows were stored."""
        with self._services.records.all_tenants(write=False) as session:
            tenants = list(session.scalars(select(Tenant.id)))
        stored = 0
        estimator = partial(estimate_apart, stopping=self._worker.stop_asked)
        for tenant in tenants:
            stored += self.part(tenant, partial(self._compute, tenant, estimator))
        if stored:
            log.info("computed sell-out: %d rows", stored)
        return stored

    def _compute(self, tenant: str, estimator: Estimator) -> int:
        by_days: dict[tuple[date, date], list[str]] = {}
        for outlet, days in stale(self._services, tenant).items():
            by_days.setdefault(days, []).append(outlet)
        stored = 0
        for (first, last), outlets in by_days.items():
            if self._worker.stopping:
                break
            stored += compute(self._services, tenant, first, last, outlets, estimator)
        return stored

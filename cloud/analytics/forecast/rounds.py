"""Outlooks made in the background, where sell-out has been computed since."""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from functools import partial

from sqlalchemy import select

from cloud.analytics.apart import apart
from cloud.analytics.forecast.history import History
from cloud.analytics.forecast.outlooks import Forecaster, Group, due, make
from cloud.analytics.forecast.study import Outlook, forecast
from cloud.identity.models import Tenant
from cloud.rounds import Rounds
from cloud.services import Services

log = logging.getLogger(__name__)

EVERY_S = 600


def forecasting(stopping: threading.Event) -> Forecaster:
    """`forecast` in another process, until `stopping` is set."""

    def make_outlook(history: History) -> Outlook:
        return apart(stopping, forecast, history)

    return make_outlook


class OutlookRounds(Rounds):
    """Keeps the outlooks up to date; each is made in a process of its own, so that ingest and pages go on."""

    name = "outlooks"
    purpose = "forecast demand"

    def __init__(self, services: Services, forecaster: Forecaster | None = None) -> None:
        super().__init__()
        self._services = services
        self._forecaster = forecaster or forecasting(self._worker.stop_asked)
        self._tried: dict[tuple[str, Group], datetime] = {}
        """With which sell-out each group was last tried: one may have too little for an outlook."""

    def pause_s(self) -> float:
        """Ten minutes."""
        return EVERY_S

    def round(self) -> int:
        """Make what is due of every tenant; how many outlooks."""
        with self._services.records.all_tenants(write=False) as session:
            tenants = list(session.scalars(select(Tenant.id)))
        made = 0
        for tenant in tenants:
            for group, computed_at in due(self._services, tenant).items():
                if self._worker.stopping:
                    return made
                if self._tried.get((tenant, group)) != computed_at:
                    made += self.part(tenant, partial(make, self._services, tenant, group, self._forecaster))
                    self._tried[tenant, group] = computed_at
        if made:
            log.info("forecast the demand of %d products in outlets", made)
        return made

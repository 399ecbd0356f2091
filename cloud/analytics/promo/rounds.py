"""Promotions studied in the background, where one is new, changed, over, or has new sell-out."""

from __future__ import annotations

import logging
from functools import partial

from sqlalchemy import select

from cloud.analytics.promo.stored import Answering, answering, due, study
from cloud.identity.models import Tenant
from cloud.rounds import Rounds
from cloud.services import Services

log = logging.getLogger(__name__)

EVERY_S = 60


class PromotionRounds(Rounds):
    """Keeps the studies up to date; each is made in a process of its own, so that ingest and pages go on."""

    name = "promotions"
    purpose = "study promotions"

    def __init__(self, services: Services, answer: Answering | None = None) -> None:
        super().__init__()
        self._services = services
        self._answer = answer or answering(self._worker.stop_asked)

    def pause_s(self) -> float:
        """A minute."""
        return EVERY_S

    def round(self) -> int:
        """Study what is due of every tenant; how many promotions."""
        with self._services.records.all_tenants(write=False) as session:
            tenants = list(session.scalars(select(Tenant.id)))
        done = 0
        for tenant in tenants:
            with self._services.records.session(tenant, write=False) as session:
                waiting = due(session, self._services.facts, tenant, self._services.clock.now())
            for promotion in waiting:
                if self._worker.stopping:
                    return done
                done += self.part(f"{tenant}, number {promotion}", partial(self._study, tenant, promotion))
        return done

    def _study(self, tenant: str, promotion: int) -> int:
        state = study(self._services, tenant, promotion, self._answer)
        log.info("studied promotion %d of %s: %s", promotion, tenant, state)
        return 1

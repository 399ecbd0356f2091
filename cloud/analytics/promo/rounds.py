"""Promotions studied in the background, where one is new, changed, over, or has new sell-out."""

from __future__ import annotations

import logging
import threading

from sqlalchemy import select

from cloud.analytics.promo.stored import Answering, answering, due, study
from cloud.identity.models import Tenant
from cloud.services import Services
from facings.errors import UnavailableError

log = logging.getLogger(__name__)

EVERY_S = 60


class PromotionRounds:
    """Keeps the studies up to date; each is made in a process of its own, so that ingest and pages go on."""

    def __init__(self, services: Services, answer: Answering | None = None) -> None:
        self._services = services
        self._stopping = threading.Event()
        self._answer = answer or answering(self._stopping)
        self._thread = threading.Thread(target=self._run, name="promotions")

    def start(self) -> None:
        """Begin, with a first round at once."""
        self._thread.start()

    def stop(self) -> None:
        """End; the study at hand is made after the next start."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                self.round()
            except UnavailableError as error:
                log.info("%s", error)
            except Exception:
                # What was not studied stays due, and the next round finds it.
                log.exception("cannot study promotions, trying again later")
            if self._stopping.wait(EVERY_S):
                return

    def round(self) -> int:
        """Study what is due of every tenant; how many promotions."""
        with self._services.records.all_tenants(write=False) as session:
            tenants = list(session.scalars(select(Tenant.id)))
        done = 0
        for tenant in tenants:
            with self._services.records.session(tenant, write=False) as session:
                waiting = due(session, self._services.facts, tenant, self._services.clock.now())
            for promotion in waiting:
                if self._stopping.is_set():
                    return done
                state = study(self._services, tenant, promotion, self._answer)
                log.info("studied promotion %d of %s: %s", promotion, tenant, state)
                done += 1
        return done

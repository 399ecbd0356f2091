"""Sell-out in the background: looks from time to time which days must be computed, and computes them."""

from __future__ import annotations

import logging
import threading
from datetime import date
from functools import partial

from sqlalchemy import select

from cloud.analytics.sellout.apart import estimate_apart
from cloud.analytics.sellout.service import compute, stale
from cloud.identity.models import Tenant
from cloud.services import Services
from facings.errors import UnavailableError

log = logging.getLogger(__name__)


class SellOutRounds:
    """Keeps `sellout_day` up to date."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sell-out")

    def start(self) -> None:
        """Begin, with a first round at once."""
        self._thread.start()

    def stop(self) -> None:
        """End; the days at hand are computed after the next start."""
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
                # What was not computed stays stale, and the next round finds it.
                log.exception("cannot compute sell-out, trying again later")
            if self._stopping.wait(60 * self._services.settings.sellout.every_minutes):
                return

    def round(self) -> int:
        """Compute every stale day of every tenant; how many rows were stored."""
        with self._services.records.all_tenants(write=False) as session:
            tenants = list(session.scalars(select(Tenant.id)))
        stored = 0
        estimator = partial(estimate_apart, stopping=self._stopping)
        for tenant in tenants:
            by_days: dict[tuple[date, date], list[str]] = {}
            for outlet, days in stale(self._services, tenant).items():
                by_days.setdefault(days, []).append(outlet)
            for (first, last), outlets in by_days.items():
                if self._stopping.is_set():
                    return stored
                stored += compute(self._services, tenant, first, last, outlets, estimator)
        if stored:
            log.info("computed sell-out: %d rows", stored)
        return stored

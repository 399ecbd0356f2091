"""Stock-outs that a late photo changes, where that takes more photos than ingest reads: told anew in the background.

Until then they are as if the photo had not come; then they are what they would be had it come in time.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial

from sqlalchemy import select

from cloud.analytics.models import ShelfWatch
from cloud.analytics.retelling import tell_waiting_stockouts
from cloud.rounds import Rounds
from cloud.services import Services

EVERY_S = 15.0
"""Late photos seldom come alone: those of a cooler that come between two rounds are told together."""


class LatePhotos(Rounds):
    """Tells stock-outs anew that wait for it, a cooler in a transaction: for longer ingest does not wait."""

    name = "late photos"
    purpose = "tell stock-outs anew"

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services

    def pause_s(self) -> float:
        """Fifteen seconds; longer while messages wait to be stored."""
        return self._services.pace.rest(EVERY_S)

    def round(self) -> int:
        """Tell those that wait now, of every tenant; how many episodes that touched."""
        waiting: dict[str, list[str]] = defaultdict(list)
        with self._services.records.all_tenants(write=False) as session:
            wanted = select(ShelfWatch.tenant_id, ShelfWatch.cooler_id).where(ShelfWatch.waiting.is_not(None))
            for tenant, cooler in session.execute(wanted):
                waiting[tenant].append(cooler)
        return sum(self._tell(tenant, cooler) for tenant, coolers in waiting.items() for cooler in coolers)

    def _tell(self, tenant: str, cooler: str) -> int:
        if self._worker.stopping:
            return 0
        return self.part(f"{tenant}/{cooler}", partial(tell_waiting_stockouts, self._services, tenant, [cooler]))

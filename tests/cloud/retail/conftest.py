import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cloud.analytics.models import StockoutEpisode
from cloud.catalog.models import Product
from cloud.identity.models import Tenant
from cloud.identity.service import Caller
from cloud.models import metadata
from cloud.outlets.models import Cooler, Outlet, Planogram
from cloud.records import Records
from cloud.retail.models import Proposal
from cloud.retail.service import stockout_closed, stockout_opened

NOW = datetime.now(UTC)
CASE = 6


def episode(**changes: Any) -> StockoutEpisode:
    """A stock-out of cola in cooler-01 of acme, seen just now."""
    facts = {"id": 1, "tenant_id": "acme", "cooler_id": "cooler-01", "sku": "cola", "last_missed_at": NOW}
    return StockoutEpisode(**(facts | changes))


@dataclass
class Shop:
    """Two tenants, `acme` and `other`, alike: an outlet `kiosk` with two coolers and the products cola, lemon, rival.

    The lanes of `cooler-01` hold 20 cola and 4 lemon; `cooler-02` has no planogram. A case has 6 units.
    """

    records: Records
    manager: Caller = field(default_factory=lambda: Caller("acme", "manager", "buyer@acme.example"))

    def stock_out(self, *, age: timedelta = timedelta(0), **changes: Any) -> Proposal | None:
        with self.records.all_tenants() as session:
            return stockout_opened(session, episode(**changes), photo_age=age)

    def back(self, **changes: Any) -> None:
        with self.records.all_tenants() as session:
            stockout_closed(session, episode(**changes))

    def propose(self, **changes: Any) -> int:
        proposal = self.stock_out(**changes)
        assert proposal
        return proposal.id

    def act(self, step: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """One step of a person of acme, in a transaction of its own."""
        with self.records.session("acme") as session:
            return step(session, self.manager, *arguments, **named)

    def states(self, tenant: str = "acme") -> list[str]:
        with self.records.session(tenant, write=False) as session:
            return list(session.scalars(select(Proposal.state).order_by(Proposal.id)))

    def rows(self, table: type) -> int:
        with self.records.session("acme", write=False) as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("furnished") / "records.db"
    with _open(file) as records:
        metadata.create_all(records.engine)
        with records.all_tenants() as session:
            session.add_all(Tenant(id=tenant, name=tenant, created_at=NOW) for tenant in ("acme", "other"))
            session.flush()
            for tenant in ("acme", "other"):
                _furnish(session, tenant)
    return file


@pytest.fixture
def shop(furnished: Path, tmp_path: Path) -> Iterator[Shop]:
    file = Path(shutil.copy(furnished, tmp_path))
    with _open(file) as records:
        yield Shop(records)


@contextmanager
def _open(file: Path) -> Iterator[Records]:
    records = Records(f"sqlite:///{file}")
    records.start()
    yield records
    records.stop()


def _furnish(session: Session, tenant: str) -> None:
    cola, lemon = {"sku": "cola", "depth": 10}, {"sku": "lemon", "depth": 4}
    planogram = Planogram(tenant_id=tenant, name="two rows", rows=[[cola, cola], [lemon]], created_at=NOW)
    session.add_all([Outlet(tenant_id=tenant, id="kiosk", name="Kiosk"), planogram])
    session.flush()
    for cooler, plan in (("cooler-01", planogram.id), ("cooler-02", None)):
        session.add(Cooler(tenant_id=tenant, id=cooler, outlet_id="kiosk", name=cooler, planogram_id=plan))
    for sku, own in (("cola", True), ("lemon", True), ("rival", False)):
        product = Product(tenant_id=tenant, sku=sku, name=sku, brand=sku, owner="-", own=own, case_units=CASE)
        product.price = Decimal("1.20")
        session.add(product)

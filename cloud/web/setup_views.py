"""How far a company is set up, and what the forms of the first steps offer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import available_timezones

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from cloud.audits.models import StoredCount
from cloud.catalog.galleries.models import GalleryPictureRow
from cloud.catalog.models import Product
from cloud.fleet.models import Device
from cloud.identity.service import Caller
from cloud.outlets.models import Cooler, Outlet
from cloud.web.loop import may_act, named

Named = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class DeviceFile:
    """The settings of a device just provisioned, with its key: shown this once."""

    device: str
    text: str


@dataclass(frozen=True)
class SetupView:
    """How far the company is set up, and what the forms offer: pairs of id and name."""

    products: Named
    pictured: int
    outlets: Named
    coolers: Named
    bare_coolers: Named
    """Those without a device."""
    devices: int
    photos: int
    planned: int
    regions: Sequence[str]
    classes: Sequence[str]
    types: Sequence[str]
    zones: Sequence[str]
    may_act: bool
    may_provision: bool
    made: DeviceFile | None

    @property
    def done(self) -> Sequence[bool]:
        """Of each step, whether it was taken."""
        # Devices may have a gallery of their own: where photos come, they need none of the cloud's.
        pictures = self.pictured or (self.products and self.photos)
        steps = (pictures, self.outlets, self.coolers, self.devices, self.photos, self.planned)
        return [bool(taken) for taken in steps]


def setup_view(session: Session, caller: Caller, language: str, made: DeviceFile | None) -> SetupView:
    """The page for `caller`; `made` is the device that this request provisioned."""
    products = session.scalars(select(Product).order_by(Product.name))
    outlets = session.scalars(select(Outlet).order_by(Outlet.name)).all()
    coolers = session.scalars(select(Cooler).order_by(Cooler.outlet_id, Cooler.name)).all()
    equipped = set(session.scalars(select(Device.cooler_id).where(Device.revoked_at.is_(None))))
    stored = session.scalar(select(StoredCount))
    return SetupView(
        products=[(one.sku, named(one, language)) for one in products],
        pictured=session.scalar(select(func.count(distinct(GalleryPictureRow.sku)))) or 0,
        outlets=[(one.id, named(one, language)) for one in outlets],
        coolers=_places(coolers, outlets, language),
        bare_coolers=_places([one for one in coolers if one.id not in equipped], outlets, language),
        devices=len(equipped),
        photos=stored.observations if stored else 0,
        planned=sum(1 for one in coolers if one.planogram_id is not None),
        regions=_used(one.region for one in outlets),
        classes=_used(one.outlet_class for one in outlets),
        types=_used(one.cooler_type for one in coolers),
        zones=sorted(available_timezones()),
        may_act=may_act(caller),
        may_provision=caller.role == "admin",
        made=made,
    )


def _places(coolers: Sequence[Cooler], outlets: Sequence[Outlet], language: str) -> Named:
    where = {one.id: named(one, language) for one in outlets}
    return [(one.id, f"{where[one.outlet_id]}: {named(one, language)}") for one in coolers]


def _used(words: Iterable[str]) -> list[str]:
    return sorted(set(words) - {""})

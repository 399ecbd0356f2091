"""The page of what a cooler is: its names, its type, by which planograms are given, and whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import select

from cloud.analytics.overview import device_states
from cloud.api.deps import ManagerDep
from cloud.api.reading import existing
from cloud.fleet.models import Device
from cloud.outlets.models import BY_HAND, Cooler, Outlet, Planogram
from cloud.outlets.service import describe_cooler
from cloud.web import errors
from cloud.web.acting import ActingPage, AskedDep
from cloud.web.i18n import N_
from cloud.web.loop import may_act, named
from facings.ids import Slug

router = APIRouter(include_in_schema=False, dependencies=[Depends(errors.require_assets)])


class CoolerForm(BaseModel):
    """What a person says of a cooler."""

    model_config = ConfigDict(str_strip_whitespace=True)

    name: str
    name_zh: str = ""
    cooler_type: str = ""
    owned: bool = False
    gravity_feed: bool = False


@dataclass(frozen=True)
class CoolerSettingsView:
    """The page; `types` are those that other coolers of the company have."""

    cooler: str
    title: str
    outlet: str
    outlet_name: str
    name: str
    name_zh: str
    cooler_type: str
    owned: bool
    gravity_feed: bool
    types: Sequence[str]
    planogram: Planogram | None
    by_hand: bool
    devices: Sequence[str]
    state: str
    may_act: bool


class CoolerSettings(ActingPage):
    """The page of one cooler."""

    active = "outlets"
    whole, fragment = "cooler_settings.html", "cooler_settings_now.html"
    refusals: ClassVar[dict[int, str]] = {}

    def __init__(self, asked: AskedDep, cooler: Slug) -> None:
        super().__init__(asked)
        self.cooler = existing(self.session, Cooler, (self.who.tenant, cooler), "cooler")

    def view(self) -> object:
        """The cooler as it is known now."""
        one, session = self.cooler, self.session
        outlet = session.get_one(Outlet, (self.who.tenant, one.outlet_id))
        in_it = select(Device.id).where(Device.cooler_id == one.id, Device.revoked_at.is_(None)).order_by(Device.id)
        return CoolerSettingsView(
            cooler=one.id,
            title=named(one, self.language),
            outlet=outlet.id,
            outlet_name=named(outlet, self.language),
            name=one.name,
            name_zh=one.name_zh,
            cooler_type=one.cooler_type,
            owned=one.owned,
            gravity_feed=one.gravity_feed,
            types=sorted(set(session.scalars(select(Cooler.cooler_type))) - {""}),
            planogram=session.get(Planogram, one.planogram_id) if one.planogram_id else None,
            by_hand=one.planogram_by == BY_HAND,
            devices=session.scalars(in_it).all(),
            state=device_states(session).get(one.id, "never"),
            may_act=may_act(self.who),
        )

    def complaint(self, error: Exception) -> str:
        """What a person filled in wrongly."""
        if isinstance(error, ValidationError):
            return N_("Give it a name of 1 to 200 letters, and a type of 40 at most.")
        return super().complaint(error)


CoolerSettingsDep = Annotated[CoolerSettings, Depends()]


@router.get("/coolers/{cooler}/settings")
def settings(shown: CoolerSettingsDep) -> HTMLResponse:
    """What the cooler is."""
    return shown.show()


@router.post("/coolers/{cooler}/settings")
def keep(shown: CoolerSettingsDep, manager: ManagerDep, form: Annotated[CoolerForm, Form()]) -> HTMLResponse:
    """Say what the cooler is; a new type may bring another planogram, by the rules."""
    return shown.act(
        lambda: describe_cooler(
            shown.session,
            manager,
            shown.cooler.id,
            form.name,
            form.name_zh,
            form.cooler_type,
            owned=form.owned,
            gravity_feed=form.gravity_feed,
        ),
        N_("Kept."),
    )

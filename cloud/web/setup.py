"""The first steps: products and their pictures, outlets, coolers, devices; and later, more of each."""

from __future__ import annotations

from typing import Annotated, ClassVar

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi.responses import HTMLResponse
from pydantic import ValidationError
from sqlalchemy import select

from cloud.api.deps import AdminDep, ManagerDep
from cloud.api.errors import ApiError
from cloud.api.reading import existing
from cloud.catalog.galleries.pictures import Picture, prepared
from cloud.catalog.galleries.service import keep_picture, publish
from cloud.catalog.models import Product
from cloud.catalog.service import put_product
from cloud.fleet.provisioning import device_config
from cloud.fleet.service import add_device
from cloud.identity.service import Caller
from cloud.outlets.models import Cooler, Outlet
from cloud.outlets.service import put_cooler, put_outlet
from cloud.web import errors
from cloud.web.acting import ActingPage
from cloud.web.i18n import N_
from cloud.web.new_products import INCOMPLETE, WRONG_GTIN, WRONG_PRICE, NewProductForm, names_by_sku
from cloud.web.setup_forms import CoolerToAdd, OutletForm, free_id
from cloud.web.setup_views import DeviceFile, setup_view
from facings.errors import BadInputError, PhotoError
from facings.ids import Slug

router = APIRouter(include_in_schema=False, dependencies=[Depends(errors.require_assets)])

NO_PICTURE = N_("One of these is no picture that helps: JPEG or PNG, 16 pixels a side or more, of no other product.")
_COMPLAINTS = {
    "gtin": WRONG_GTIN,
    "price": WRONG_PRICE,
    "currency": WRONG_PRICE,
    "brand": INCOMPLETE,
    "owner": INCOMPLETE,
    "timezone": N_("There is no such time zone: choose one of the list, as Asia/Shanghai."),
    "outlet_id": N_("Choose its outlet."),
}


class Setup(ActingPage):
    """The page."""

    active = "setup"
    whole, fragment = "setup.html", "setup_now.html"
    refusals: ClassVar = {
        404: N_("It is there no longer. The page is up to date now."),
        409: N_("It is there already: take another name or number."),
    }
    made: DeviceFile | None = None

    def view(self) -> object:
        """How far it is."""
        return setup_view(self.session, self.who, self.language, self.made)

    def complaint(self, error: Exception) -> str:
        """What a person filled in wrongly."""
        if isinstance(error, ValidationError):
            field = str(error.errors()[0]["loc"][0])
            return _COMPLAINTS.get(field, N_("Give it a name."))
        if isinstance(error, PhotoError):
            return NO_PICTURE
        if isinstance(error, BadInputError):
            return N_("Take lower-case letters, digits and dashes, as in cooler-01.")
        return super().complaint(error)


SetupDep = Annotated[Setup, Depends()]


@router.get("/setup")
def setup(shown: SetupDep) -> HTMLResponse:
    """What is done and what comes next."""
    return shown.show()


@router.post("/setup/products")
def add_product(shown: SetupDep, manager: ManagerDep, form: Annotated[NewProductForm, Form()]) -> HTMLResponse:
    """Add a product to the catalogue."""
    return shown.act(
        lambda: put_product(shown.session, manager, form.sku(names_by_sku(shown.session)), form.product()),
        N_("Added. Now its pictures."),
    )


@router.post("/setup/pictures")
def add_pictures(
    shown: SetupDep, manager: ManagerDep, sku: Annotated[Slug, Form()], pictures: Annotated[list[UploadFile], File()]
) -> HTMLResponse:
    """Add pictures of a product, and publish them to all devices."""
    try:
        # Decoded before the session asks the database for anything: from then on nobody else can write.
        ready = [prepared(picture.file.read()) for picture in pictures]
    except PhotoError as error:
        return shown.show(shown.complaint(error))

    def change() -> None:
        existing(shown.session, Product, (manager.tenant, sku), "product")
        for picture in ready:
            _take(shown, manager, sku, picture)
        publish(shown.session, shown.services, manager, f"pictures of {sku}")

    shown.background.add_task(shown.services.galleries.announce, shown.who.tenant)
    return shown.act(change, N_("Published. Every cooler fetches the new gallery now."))


def _take(shown: Setup, manager: Caller, sku: str, picture: Picture) -> None:
    try:
        keep_picture(shown.session, shown.services, manager, sku, picture, "upload")
    except ApiError as error:
        if error.status == 409:  # another product's, or one too many: about the picture, not about a name
            raise PhotoError(str(error)) from error
        raise


@router.post("/setup/outlets")
def add_outlet(shown: SetupDep, manager: ManagerDep, form: Annotated[OutletForm, Form()]) -> HTMLResponse:
    """Add an outlet; its id is made of its name."""
    made = free_id(form.name, "outlet", set(shown.session.scalars(select(Outlet.id))))
    return shown.act(lambda: put_outlet(shown.session, manager, made, form.body()), N_("The outlet is added."))


@router.post("/setup/coolers")
def add_cooler(shown: SetupDep, manager: ManagerDep, form: Annotated[CoolerToAdd, Form()]) -> HTMLResponse:
    """Add a cooler to an outlet; its id is made of both names."""
    made = free_id(f"{form.outlet_id} {form.name}", "cooler", set(shown.session.scalars(select(Cooler.id))))
    return shown.act(lambda: put_cooler(shown.session, manager, made, form.body()), N_("The cooler is added."))


@router.post("/setup/devices")
def provision(
    shown: SetupDep, admin: AdminDep, cooler: Annotated[str, Form()] = "", device: Annotated[str, Form()] = ""
) -> HTMLResponse:
    """Provision a device, and show its settings this once."""
    name, settings = device.strip() or cooler, shown.services.settings

    def change() -> None:
        _, key = add_device(shown.session, admin, name, cooler)
        shown.made = DeviceFile(name, device_config(settings, shown.who.tenant, name, key))

    shown.background.add_task(shown.services.logins.refresh)
    return shown.act(change, N_("The device is provisioned: keep its settings now, they are shown this once."))

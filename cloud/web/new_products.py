"""The page of new products: unknown products that were seen alike on many photos, to be named once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.api.deps import ManagerDep
from cloud.api.errors import ApiError
from cloud.api.shapes import RecordId
from cloud.catalog.galleries.service import newest
from cloud.catalog.models import Product
from cloud.catalog.newcomers import service
from cloud.catalog.newcomers.likeness import Likeness
from cloud.catalog.newcomers.models import Newcomer
from cloud.catalog.schemas import ProductBody
from cloud.fleet.models import Device
from cloud.identity.service import Caller
from cloud.outlets.models import Cooler
from cloud.web import errors
from cloud.web.acting import ActingPage
from cloud.web.i18n import N_
from cloud.web.loop import may_act, named
from cloud.web.setup_forms import free_id

router = APIRouter(include_in_schema=False, dependencies=[Depends(errors.require_assets)])

MOST_SHOWN = 30
MOST_CROPS = 8
MOST_COOLERS = 4


@dataclass(frozen=True)
class Crop:
    """What a photo shows of a new product; `looks_like` names the product that it alone resembles, or is empty."""

    id: int
    address: str
    looks_like: str


@dataclass(frozen=True)
class NewProductCard:
    """A new product as a person decides on it.

    `looks_like` is what it may be after all, by the name of that product; `filled_in` the SKU that stands in the form.
    """

    id: int
    sightings: int
    coolers: int
    where: Sequence[tuple[str, str]]
    first_seen_at: datetime
    last_seen_at: datetime
    crops: Sequence[Crop]
    looks_like: Likeness | None
    looks_like_name: str
    filled_in: str


@dataclass(frozen=True)
class NewProductsView:
    """The page: what is to be named, what it may be, and how far the gallery has come."""

    cards: Sequence[NewProductCard]
    total: int
    products: Sequence[tuple[str, str]]
    version: int | None
    devices_with_it: int
    devices: int
    may_act: bool


class NewProductForm(BaseModel):
    """What a person fills in for a product that the catalogue does not have."""

    model_config = ConfigDict(str_strip_whitespace=True)

    name: str = ""
    name_zh: str = ""
    brand: str = ""
    owner: str = ""
    gtin: str = ""
    height_mm: str = ""
    price: str = ""
    currency: str = ""
    own: bool = False
    without: list[RecordId] = []

    def product(self) -> ProductBody:
        """The product.

        Raises:
            ValidationError: something is missing, the GTIN is none, the height is no number of millimetres, or the
                price none of a currency.
        """
        filled = self.model_dump(exclude={"without"})
        return ProductBody.model_validate({name: value for name, value in filled.items() if value != ""})

    def sku(self, names: Mapping[str, str]) -> str:
        """A SKU that no product has: of the name's plain letters, or of the GTIN where the name has none.

        Args:
            names: those of the products that there are, by SKU.

        Raises:
            ApiError: 409 where one of them has this name, but for capitals, blanks and signs.
        """
        if _bare(self.name) in {_bare(name) for name in names.values()}:
            raise ApiError(409, f"there is a product {self.name!r} already", "take another name")
        return free_id(self.name, f"gtin-{self.gtin}" if self.gtin else "product", names)


def _bare(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


WRONG_GTIN = N_("This is no GTIN: check its digits.")
WRONG_HEIGHT = N_("The height is in millimetres, up to 2000; leave it empty if you do not know it.")
INCOMPLETE = N_("Fill in name, brand and owner.")
WRONG_PRICE = N_("The price is a number such as 1.99, and its currency three capital letters such as EUR.")
_WRONG = {"gtin": WRONG_GTIN, "height_mm": WRONG_HEIGHT, "price": WRONG_PRICE, "currency": WRONG_PRICE}
_REFUSALS = {
    404: N_("There is no such product: choose one of the list, or add a new one."),
    409: N_("It could not be named: it is decided already, the product is there already, or no photo has come yet."),
}


class NewProducts(ActingPage):
    """The page."""

    active = "new-products"
    whole, fragment = "new_products.html", "new_products_now.html"
    refusals: ClassVar = _REFUSALS

    def view(self) -> object:
        """What is to be named now."""
        return new_products_view(self.session, self.who, self.language)

    def changed(self) -> None:
        """The devices fetch the new gallery, the numbers follow."""
        self.background.add_task(self.services.galleries.announce, self.who.tenant)
        super().changed()

    def complaint(self, error: Exception) -> str:
        """Also what a person filled in wrongly."""
        if isinstance(error, ValidationError):
            wrong = {item["loc"][0] for item in error.errors() if item["loc"]}
            return next((said for field, said in _WRONG.items() if field in wrong), INCOMPLETE)
        return super().complaint(error)


NewProductsDep = Annotated[NewProducts, Depends()]


@router.get("/new-products")
def new_products(shown: NewProductsDep) -> HTMLResponse:
    """What was seen and has no name."""
    return shown.show()


@router.post("/new-products/{newcomer}/name")
def name(
    shown: NewProductsDep,
    manager: ManagerDep,
    newcomer: RecordId,
    sku: Annotated[str, Form(max_length=64)] = "",
    without: Annotated[list[RecordId] | None, Form()] = None,
) -> HTMLResponse:
    """It is a product of the catalogue."""
    return shown.act(
        lambda: service.name(shown.session, shown.services, manager, newcomer, sku.strip(), None, without or ()),
        N_("Named. Every cooler fetches the new gallery now."),
    )


@router.post("/new-products/{newcomer}/add")
def add(
    shown: NewProductsDep,
    manager: ManagerDep,
    newcomer: RecordId,
    form: Annotated[NewProductForm, Form()],
) -> HTMLResponse:
    """It is a product that the catalogue does not have."""
    return shown.act(
        lambda: service.name(
            shown.session,
            shown.services,
            manager,
            newcomer,
            form.sku(names_by_sku(shown.session)),
            form.product(),
            form.without,
        ),
        N_("Added and named. Every cooler fetches the new gallery now."),
    )


@router.post("/new-products/{newcomer}/dismiss")
def dismiss(shown: NewProductsDep, manager: ManagerDep, newcomer: RecordId) -> HTMLResponse:
    """It is nothing to be named."""
    return shown.act(
        lambda: service.dismiss(shown.session, shown.services, manager, newcomer),
        N_("Set aside: nobody is asked about it again."),
    )


def names_by_sku(session: Session) -> dict[str, str]:
    """The names of the catalogue's products."""
    return {row.sku: row.name for row in session.execute(select(Product.sku, Product.name))}


def new_products_view(session: Session, caller: Caller, language: str) -> NewProductsView:
    """The page for `caller`, what was seen most first; `session` is of the caller's tenant."""
    rows = session.scalars(select(Newcomer).where(Newcomer.state == "open")).all()
    met = sorted(service.seen(session, rows), key=lambda one: (-one.sightings, one.newcomer.id))
    coolers = {cooler.id: named(cooler, language) for cooler in session.scalars(select(Cooler))}
    names = {one.sku: named(one, language) for one in session.scalars(select(Product).order_by(Product.name))}
    latest, births = newest(session), session.scalars(select(Device.birth).where(Device.revoked_at.is_(None))).all()
    version = latest.version if latest else None
    return NewProductsView(
        cards=[_card(one, coolers, names) for one in met[:MOST_SHOWN]],
        total=len(met),
        products=list(names.items()),
        version=version,
        devices_with_it=sum(1 for birth in births if birth and birth.get("gallery_version") == version),
        devices=len(births),
        may_act=may_act(caller),
    )


def _card(seen: service.Seen, coolers: Mapping[str, str], products: Mapping[str, str]) -> NewProductCard:
    like = seen.looks_like
    busiest = sorted(seen.coolers, key=lambda cooler: -seen.coolers[cooler])[:MOST_COOLERS]
    return NewProductCard(
        id=seen.newcomer.id,
        sightings=seen.sightings,
        coolers=len(seen.coolers),
        where=[(cooler, coolers.get(cooler, cooler)) for cooler in busiest],
        first_seen_at=seen.newcomer.first_seen_at,
        last_seen_at=seen.newcomer.last_seen_at,
        crops=[
            Crop(one.id, f"/api/v1/new-products/crops/{one.id}", products.get(one.resembles or "", ""))
            for one in seen.examples[:MOST_CROPS]
        ],
        looks_like=like,
        looks_like_name=products.get(like.sku, like.sku) if like else "",
        filled_in=like.sku if like and like.agreed else "",
    )

"""Observations as ingest reads them: under the rules of the contract, their lines and products as columns.

An object for each product, box and line of a photo, a hundred and more, would cost most of what checking costs, and the
garbage collector would look at each of them again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NotRequired, Self

from pydantic import GetCoreSchemaHandler, GetPydanticSchema, ValidationInfo
from pydantic_core import CoreSchema, core_schema
from typing_extensions import TypedDict

from cloud.analytics.places import Front, InPhoto, Sight, sight
from cloud.audits.lines import Lines
from facings.errors import MessageError
from facings.messages import Box, Line, Observation, ObservationHead, Product

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Products:
    """What ingest keeps of the products of a photo; the boxes are stored as the payload has them."""

    sight: Sight
    """What the photo shows in front, its gaps included."""
    unknown: tuple[Product, ...]
    """Products that no gallery knows and whose looks are told."""
    views: frozenset[int | None]
    """The photos that they lie in."""
    lowest_row: int
    """-1 where there are none."""
    shown_by: frozenset[tuple[str, int]]
    """SKU (empty: unknown) and photo of each, where there are several photos."""

    @classmethod
    def of(cls, rows: Sequence[Row], info: ValidationInfo) -> Products:
        """The products of a message whose other fields, as far as they are valid, are in `info`."""
        shelves, gaps = info.data.get("rows", 0), info.data.get("gaps", ())
        front = [one for one in rows if one.get("front", True)]
        return cls(
            sight=sight(shelves, [_front(one) for one in front], gaps, list(_in_photos(front))),
            unknown=tuple(Product(**one) for one in rows if one.get("look") and one.get("sku") is None),
            views=frozenset([one.get("view") for one in rows]),
            lowest_row=max([one["row"] for one in rows], default=-1),
            shown_by=frozenset([(one.get("sku") or "", view) for one in rows if (view := one.get("view")) is not None]),
        )


def _front(product: Row) -> Front:
    box = product.get("place") or product["box"]
    return product.get("sku") or "", product["row"], box["x"], box["x"] + box["w"]


def _in_photos(front: Sequence[Row]) -> Iterator[InPhoto]:
    for one in front:
        if (view := one.get("view")) is not None:
            box = one["box"]
            yield view, box["x"], box["x"] + box["w"], box["y"], box["y"] + box["h"]


def _lines(rows: Sequence[Row], _info: ValidationInfo) -> Lines:
    return Lines.of(rows)


def _row_of(part: type[Box | Line | Product], **parts: Any) -> Any:
    """The type of a dict with the fields of a part of the contract, under the same rules; `parts` are those in it."""
    fields = {}
    for name, field in part.model_fields.items():
        of_it = parts.get(name, field.annotation)
        ruled = Annotated[of_it, *field.metadata] if field.metadata else of_it
        fields[name] = ruled if field.is_required() else NotRequired[ruled]
    typed_dict: Any = TypedDict
    return typed_dict(part.__name__, fields)


def _columns(row: Any, make: Callable[[Any, ValidationInfo], object]) -> GetPydanticSchema:
    """Reads a list of `row`, of which `make` makes columns."""

    def schema(_source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_after_validator_function(
            make, core_schema.list_schema(handler.generate_schema(row))
        )

    return GetPydanticSchema(schema)


_BOX = _row_of(Box)


class ObservationColumns(ObservationHead):
    """An observation with its lines and products as columns; it takes what `Observation` takes, and nothing else."""

    lines: Annotated[Lines, _columns(_row_of(Line), _lines)]
    products: Annotated[Products, _columns(_row_of(Product, box=_BOX, place=_BOX | None), Products.of)]

    @classmethod
    def from_wire(cls, payload: bytes | bytearray) -> Self:
        """Read an observation.

        Raises:
            MessageError: as `Observation.from_wire`, in the same words.
        """
        try:
            return super().from_wire(payload)
        except MessageError:
            Observation.from_wire(payload)  # says what is wrong
            raise

    def _views_named(self) -> set[int | None]:
        return super()._views_named() | self.products.views

"""What a person fills in to set a company up, and the ids that are made of it."""

from __future__ import annotations

import re
from collections.abc import Collection

from pydantic import BaseModel, ConfigDict

from cloud.outlets.schemas import CoolerBody, OutletBody

LONGEST_ID = 64
_NO_SLUG = re.compile(r"[^a-z0-9]+")


def plain_id(name: str) -> str:
    """The plain letters and digits of a name, as an id takes them; empty where it has none.

    Example:
        >>> plain_id("Kiosk No. 7"), plain_id("翠园杂货铺")
        ('kiosk-no-7', '')
    """
    return _NO_SLUG.sub("-", name.lower()).strip("-")[:LONGEST_ID].strip("-")


def free_id(name: str, word: str, taken: Collection[str]) -> str:
    """An id for something of this name that nothing else has; `word` stands in for a name without plain letters.

    Example:
        >>> free_id("Kiosk", "outlet", {"kiosk"}), free_id("翠园杂货铺", "outlet", ())
        ('kiosk-2', 'outlet')
    """
    wanted = plain_id(name) or word
    endings = ("" if number == 1 else f"-{number}" for number in range(1, len(taken) + 2))
    return next(one for ending in endings if (one := wanted[: LONGEST_ID - len(ending)] + ending) not in taken)


class OutletForm(BaseModel):
    """An outlet to add."""

    model_config = ConfigDict(str_strip_whitespace=True)

    name: str = ""
    name_zh: str = ""
    region: str = ""
    outlet_class: str = ""
    timezone: str = "UTC"

    def body(self) -> OutletBody:
        """The outlet.

        Raises:
            ValidationError: it has no name, or its time zone is none.
        """
        return OutletBody.model_validate(self.model_dump())


class CoolerToAdd(BaseModel):
    """A cooler to add."""

    model_config = ConfigDict(str_strip_whitespace=True)

    outlet_id: str = ""
    name: str = ""
    name_zh: str = ""
    cooler_type: str = ""
    owned: bool = False

    def body(self) -> CoolerBody:
        """The cooler.

        Raises:
            ValidationError: it has no name, or no outlet.
        """
        return CoolerBody.model_validate(self.model_dump())

"""Fields that several bodies of the API have."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field

Name = Annotated[str, Field(min_length=1, max_length=200)]
OptionalName = Annotated[str, Field(max_length=200)]
Word = Annotated[str, Field(max_length=100)]
Money = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217, as USD")]


def _with_check_digit(gtin: str) -> str:
    if len(gtin) not in (8, 12, 13, 14) or not gtin.isascii() or not gtin.isdigit():
        raise ValueError("a GTIN has 8, 12, 13 or 14 digits")
    if check_digit(gtin[:-1]) != gtin[-1]:
        raise ValueError(f"the last digit of this GTIN would be {check_digit(gtin[:-1])}: look for a mistyped digit")
    return gtin


def check_digit(digits: str) -> str:
    """The check digit that follows `digits` in a GTIN (GS1 General Specifications, section 7.9): weights 3, 1, 3, ...

    Example:
        >>> check_digit("629104150021")
        '3'
    """
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


Gtin = Annotated[str, AfterValidator(_with_check_digit)]


_zones = cache(available_timezones)
"""It reads the whole folder of zones, about 10 ms: an import of outlets asks for each of its rows."""


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise ValueError(f"{name!r} is no time zone of the IANA list; write it as in 'Asia/Shanghai'")
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]

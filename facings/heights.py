"""`heights.csv`: how tall each SKU of a gallery is, beside its pictures; two sizes of one drink may look alike.

sku,height_mm
cola-pet500,232
cola-pet1500,335
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from facings.errors import BadInputError
from facings.ids import is_slug

HEIGHTS_NAME = "heights.csv"
COLUMNS = ["sku", "height_mm"]
TALLEST_MM = 2000.0

Millimetres = Annotated[float, Field(gt=0, le=TALLEST_MM, allow_inf_nan=False)]


def read_heights(folder: Path) -> dict[str, float]:
    """Height in millimetres of each SKU that the gallery in `folder` knows one of; none where it has no such file.

    Raises:
        BadInputError: the file cannot be read, or a line of it is wrong.
    """
    file = folder / HEIGHTS_NAME
    if not file.exists():
        return {}
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{file} cannot be read ({error}): save it as CSV in UTF-8") from error
    rows = csv.reader(io.StringIO(text))
    if [name.strip() for name in next(rows, [])] != COLUMNS:
        raise BadInputError(f"{file} must begin with the line {','.join(COLUMNS)!r}")
    heights: dict[str, float] = {}
    for row in rows:
        if any(field.strip() for field in row):
            sku, height = _checked(row, f"{file}, line {rows.line_num}")
            if heights.setdefault(sku, height) != height:
                raise BadInputError(f"{file}, line {rows.line_num}: {sku} has two heights, keep one")
    return heights


def _checked(row: list[str], where: str) -> tuple[str, float]:
    if len(row) != len(COLUMNS):
        raise BadInputError(f"{where}: give a SKU and a height, with a comma between")
    sku, said = (field.strip() for field in row)
    if not is_slug(sku):
        raise BadInputError(f"{where}: {sku!r} is no SKU id, which holds lower-case letters, digits and inner dashes")
    try:
        height = float(said)
    except ValueError:
        height = math.nan
    if not 0 < height <= TALLEST_MM:
        raise BadInputError(f"{where}: {said!r} is no height in millimetres between 0 and {TALLEST_MM:g}")
    return sku, height


def heights_csv(heights: Mapping[str, float]) -> str:
    """The file's text, in the order of the SKUs.

    Example:
        >>> heights_csv({"cola-can330": 115.0})
        'sku,height_mm\\ncola-can330,115\\n'
    """
    return "".join(["sku,height_mm\n", *(f"{sku},{height:g}\n" for sku, height in sorted(heights.items()))])

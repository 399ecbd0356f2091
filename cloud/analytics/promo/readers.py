"""Panels from files: CSV (comma, semicolon or tab) and Parquet, in long form."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cloud.analytics.promo.panel import Panel, PanelError, Row
from facings.errors import BadInputError

MISSING = {"", "na", "n/a", "nan", "null", "none", "."}
YES = {"1", "1.0", "true", "t", "yes", "y"}
NO = {"0", "0.0", "false", "f", "no", "n"}


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a file hold what."""

    unit: str
    time: str
    outcome: str
    treated: str

    def names(self) -> tuple[str, str, str, str]:
        """Unit, time, outcome, treated."""
        return self.unit, self.time, self.outcome, self.treated


def read_panel(file: Path, columns: Columns) -> Panel:
    """The panel in a file; other columns are ignored, rows may stand in any order.

    Raises:
        BadInputError: the file is not there or not readable, a column is missing, or a value cannot be understood; the
            text names the line.
    """
    if len(set(columns.names())) < 4:
        raise PanelError("unit, time, outcome and treated must be four different columns")
    lines = read_lines(file, columns.names())
    return Panel.of_rows(_row(number, *cells) for number, cells in lines)


def read_lines(file: Path, wanted: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The wanted columns of each line as text, with its number: of CSV the line's, of Parquet the row's from 1.

    Raises:
        BadInputError: the file is not there or not readable, or has not all of the columns.
    """
    if not file.is_file():
        raise BadInputError(f"there is no file {file}")
    with file.open("rb") as opened:
        parquet = opened.read(4) == b"PAR1"
    return _parquet_lines(file, wanted) if parquet else _csv_lines(file, wanted)


def _csv_lines(file: Path, wanted: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            head = opened.readline()
            opened.seek(0)
            reader = csv.reader(opened, delimiter=max(",;\t", key=head.count), strict=True)
            names = [name.strip() for name in next(reader, [])]
            places = _places(file, names, wanted)
            for cells in reader:
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) != len(names):
                    raise BadInputError(
                        f"{file}, line {reader.line_num}: {len(cells)} values under {len(names)} column names"
                    )
                yield reader.line_num, tuple(cells[place].strip() for place in places)
    except UnicodeDecodeError as error:
        raise BadInputError(f"{file} is neither Parquet nor UTF-8 text: save it as CSV in UTF-8") from error
    except csv.Error as error:
        raise BadInputError(f"{file} is no CSV: {error}") from error


def _parquet_lines(file: Path, wanted: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    try:
        names = pq.read_schema(file).names
        _places(file, names, wanted)
        table = pq.read_table(file, columns=list(wanted))
    except pa.ArrowException as error:
        raise BadInputError(f"{file} is no readable Parquet: {error}") from error
    columns = [table.column(name).to_pylist() for name in wanted]
    for number, cells in enumerate(zip(*columns, strict=True), start=1):
        yield number, tuple(map(_text, cells))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat() if value.time() != datetime.min.time() else value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value).strip()


def _places(file: Path, names: Sequence[str], wanted: Sequence[str]) -> list[int]:
    for name, found in zip(wanted, map(names.count, wanted), strict=True):
        if found > 1:
            raise BadInputError(f"{file} has the column {name!r} more than once")
        if not found:
            near = difflib.get_close_matches(name, names, n=1)
            meant = f" (did you mean {near[0]!r}?)" if near else ""
            raise BadInputError(f"{file} has no column {name!r}{meant}; it has: {', '.join(names) or 'none'}")
    return [names.index(name) for name in wanted]


def _row(line: int, unit: str, time: str, outcome: str, treated: str) -> Row:
    for what, text in (("unit", unit), ("time", time)):
        if text.lower() in MISSING - {"na", "none"}:  # NA is also a country, and a name
            raise PanelError(f"line {line}: the {what} is missing")
    return Row(unit, time, number(outcome, line, "outcome"), _yes_or_no(treated, line), line)


def number(text: str, line: int, what: str) -> float:
    """A number, NaN where it is missing.

    Raises:
        PanelError: the text is neither.
    """
    if text.lower() in MISSING:
        return float("nan")
    try:
        return float(text)
    except ValueError:
        raise PanelError(f"line {line}: the {what} {text!r} is not a number") from None


def _yes_or_no(text: str, line: int) -> bool:
    if text.lower() in YES | NO:
        return text.lower() in YES
    raise PanelError(
        f"line {line}: the treatment {text!r} is neither 0 nor 1; it is 1 where the unit is under treatment then"
    )

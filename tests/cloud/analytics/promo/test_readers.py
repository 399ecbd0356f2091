"""What is read as a panel, however it is written, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cloud.analytics.promo.periods import in_order
from cloud.analytics.promo.readers import Columns, read_panel
from facings.errors import BadInputError

COLUMNS = Columns("shop", "week", "sold", "promo")
HEAD = "shop,week,sold,promo\n"


@pytest.mark.parametrize(
    ("written", "ordered"),
    [
        (["10", "9", "-1"], ("-1", "9", "10")),
        (["1989.5", "1989"], ("1989", "1989.5")),
        (["2024-06-01", "2023-12-31"], ("2023-12-31", "2024-06-01")),
        (["2024-06-01T12:00:00Z", "2024-06-01T09:00:00+00:00"], ("2024-06-01T09:00:00+00:00", "2024-06-01T12:00:00Z")),
        (["2024/6/10", "2024/6/9"], ("2024/6/9", "2024/6/10")),
        (["2024-10", "2024-9"], ("2024-9", "2024-10")),
        (["2024Q2", "2023-q4"], ("2023-q4", "2024Q2")),
        (["Q12011", "Q42010"], ("Q42010", "Q12011")),
        (["Q1 2011", "2010 Q4"], ("2010 Q4", "Q1 2011")),
        (["2024-W10", "2024W9"], ("2024W9", "2024-W10")),
    ],
)
def test_periods_are_put_in_order(written: list[str], ordered: tuple[str, ...]) -> None:
    assert in_order(written) == ordered


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (["6/1/2024", "1/6/2024"], "cannot be put in order"),
        (["May", "June"], "cannot be put in order"),
        (["2024-01-01", "3"], "cannot be put in order"),
        (["1", "1.0"], "are the same"),
    ],
)
def test_periods_that_have_no_order_are_refused(written: list[str], says: str) -> None:
    with pytest.raises(BadInputError, match=says):
        in_order(written)


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "a,1,5,0\na,2,6,1\nb,1,7,0\nb,2,8,0\n",
        HEAD.replace(",", ";") + "a;1;5;0\na;2;6;1\nb;1;7;0\nb;2;8;0\n",
        HEAD.replace(",", "\t") + "a\t1\t5\tFALSE\na\t2\t6\tTRUE\nb\t1\t7\tFALSE\nb\t2\t8\tFALSE\n",
        "note,promo,sold,week,shop\n'x',no,8,2,b\n,yes,6,2,a\n,no,5,1,a\n,no,7,1,b\n",
        "\ufeff" + HEAD + '"a","1","5","0.0"\n"a","2","6","1.0"\n\n"b","1","7",f\n"b","2","8",F\n',
    ],
    ids=["comma", "semicolon", "tab", "other order and columns", "byte order mark and quotes"],
)
def test_one_panel_in_many_forms(tmp_path: Path, text: str) -> None:
    file = tmp_path / "panel.csv"
    file.write_text(text, encoding="utf-8")
    panel = read_panel(file, COLUMNS)
    by_unit = dict(zip(panel.units, zip(panel.outcome.tolist(), panel.treated.tolist(), strict=True), strict=True))
    assert by_unit == {"a": ([5, 6], [False, True]), "b": ([7, 8], [False, False])}


def test_parquet_keeps_dates_and_truth_values(tmp_path: Path) -> None:
    file = tmp_path / "panel.parquet"
    days = [date(2026, 3, 1), date(2026, 3, 2)]
    columns = {
        "shop": [1, 1, 2, 2],
        "week": days * 2,
        "sold": [1.5, None, 3.0, 4.0],
        "promo": [False, True, False, False],
    }
    pq.write_table(pa.table(columns), file)
    panel = read_panel(file, COLUMNS)
    assert (panel.units, panel.times) == (("1", "2"), ("2026-03-01", "2026-03-02"))
    assert panel.treated.tolist() == [[False, True], [False, False]]
    assert str(panel.outcome[0, 1]) == "nan"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no column 'shop'; it has: none"),
        ("Shop,week,sold,promo\n", r"has no column 'shop' \(did you mean 'Shop'\?\)"),
        ("shop,shop,week,sold,promo\n", "more than once"),
        (HEAD, "the panel has no rows"),
        (HEAD + "a,1,5\n", "line 2: 3 values under 4 column names"),
        (HEAD + "a,1,five,0\n", "line 2: the outcome 'five' is not a number"),
        (HEAD + "a,1,5,2\n", "line 2: the treatment '2' is neither 0 nor 1"),
        (HEAD + "a,1,5,\n", "line 2: the treatment '' is neither 0 nor 1"),
        (HEAD + ",1,5,0\n", "line 2: the unit is missing"),
        (HEAD + "a,,5,0\n", "line 2: the time is missing"),
        (HEAD + "a,1,5,0\na,1,6,0\n", "line 3: a second row of unit 'a'"),
        (HEAD + "a,1,inf,0\n", "line 2: the outcome .* is infinite"),
    ],
)
def test_a_file_that_is_no_panel_is_refused_by_line(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "panel.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadInputError, match=says):
        read_panel(file, COLUMNS)


def test_what_is_no_text_or_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="there is no file"):
        read_panel(tmp_path / "none.csv", COLUMNS)
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 and then nothing")
    with pytest.raises(BadInputError, match="no readable Parquet"):
        read_panel(broken, COLUMNS)
    photo = tmp_path / "photo.csv"
    photo.write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(BadInputError, match="neither Parquet nor UTF-8"):
        read_panel(photo, COLUMNS)


def test_the_same_column_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="four different columns"):
        read_panel(tmp_path / "panel.csv", Columns("shop", "week", "shop", "promo"))

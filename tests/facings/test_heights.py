"""How tall the SKUs of a gallery are: one small file, and what is wrong with it told by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from facings.errors import BadInputError
from facings.heights import HEIGHTS_NAME, heights_csv, read_heights


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    heights = {"cola-pet500": 232.0, "cola-can330": 115.5}
    (tmp_path / HEIGHTS_NAME).write_text(heights_csv(heights))
    assert read_heights(tmp_path) == heights


def test_a_gallery_without_the_file_knows_none(tmp_path: Path) -> None:
    assert read_heights(tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("cola,232\n", "must begin with the line 'sku,height_mm'", id="no head"),
        pytest.param("sku,height_mm\ncola\n", "line 2: give a SKU and a height", id="one field"),
        pytest.param("sku,height_mm\nCola,232\n", "line 2: 'Cola' is no SKU id", id="no id"),
        pytest.param("sku,height_mm\n\ncola,23 cm\n", "line 3: '23 cm' is no height", id="no number"),
        pytest.param("sku,height_mm\ncola,nan\n", "is no height", id="nan"),
        pytest.param("sku,height_mm\ncola,0\n", "is no height", id="zero"),
        pytest.param("sku,height_mm\ncola,23000\n", "is no height", id="taller than a door"),
        pytest.param("sku,height_mm\ncola,232\ncola,335\n", "line 3: cola has two heights", id="two heights"),
        pytest.param("sku,height_mm\ncol\xe4,1\n".encode("latin-1"), "save it as CSV in UTF-8", id="another encoding"),
    ],
)
def test_what_is_wrong_is_told_with_the_line(tmp_path: Path, text: str | bytes, reason: str) -> None:
    (tmp_path / HEIGHTS_NAME).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BadInputError, match=reason):
        read_heights(tmp_path)


def test_a_file_from_a_spreadsheet_is_read(tmp_path: Path) -> None:
    (tmp_path / HEIGHTS_NAME).write_bytes(b"\xef\xbb\xbfsku,height_mm\r\ncola-pet500, 232\r\n,\r\n")
    assert read_heights(tmp_path) == {"cola-pet500": 232.0}

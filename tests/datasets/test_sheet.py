import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from datasets.cli import app
from datasets.sheet import SheetOptions, write_sheet
from facings.errors import BadInputError


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Seven photos, grey, brighter and brighter; the third with a product and a gap."""
    folder = tmp_path / "set"
    (folder / "images").mkdir(parents=True)
    images = []
    for number in range(7):
        cv2.imwrite(str(folder / "images" / f"{number}.png"), np.full((30, 40, 3), 30 * number, np.uint8))
        name = {"file_name": f"images/{number}.png", "furniture": "chest", "stress": {"fog": 2}}
        images.append({"id": number, "width": 40, "height": 30, **name})
    boxes = [(11, [4, 4, 10, 20]), (1, [20, 4, 10, 20])]
    notes = [{"id": n, "image_id": 2, "category_id": c, "bbox": box} for n, (c, box) in enumerate(boxes)]
    categories = [{"id": 1, "name": "gap"}, {"id": 11, "name": "cola", "supercategory": "product"}]
    coco = {"images": images, "annotations": notes, "categories": categories}
    (folder / "labels.coco.json").write_text(json.dumps(coco))
    return folder


def greys(sheet: Path, columns: int) -> list[int]:
    """The photos of a sheet by their brightness, row by row."""
    pixels = cv2.imread(str(sheet))
    tile = (pixels.shape[1] - 6) // columns
    return [
        round(pixels[y + 100, 6 + tile * c + 20, 1] / 30)
        for y in range(0, pixels.shape[0] - 200, 343)
        for c in range(columns)
    ]


@pytest.mark.parametrize(
    ("count", "columns", "shown"),
    [(24, 7, [0, 1, 2, 3, 4, 5, 6]), (3, 3, [0, 3, 6]), (4, 2, [0, 2, 4, 6]), (1, 4, [0])],
)
def test_photos_are_taken_evenly_and_laid_out_in_rows(photos: Path, count: int, columns: int, shown: list[int]) -> None:
    sheet = photos / "sheet.png"
    assert write_sheet(photos, sheet, SheetOptions(columns, count)) == len(shown)
    assert greys(sheet, min(columns, len(shown))) == shown


def test_boxes_are_drawn_where_asked_for(photos: Path, tmp_path: Path) -> None:
    def coloured(name: str, labels: bool) -> int:
        write_sheet(photos, tmp_path / name, SheetOptions(7, 24, labels))
        return int((np.ptp(cv2.imread(str(tmp_path / name)).astype(int), axis=2) > 60).sum())

    assert coloured("boxes.png", labels=True) > 500 > 0 == coloured("plain.png", labels=False)


def test_the_command_says_what_it_wrote(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "sheet.jpg"
    for source in (photos, photos / "labels.coco.json", photos / "images"):
        result = CliRunner().invoke(app, ["sheet", str(source), "--out", str(out), "--count", "2", "--columns", "2"])
        assert result.exit_code == 0, result.output
        assert "2 photos" in result.stderr and cv2.imread(str(out)) is not None


def test_what_cannot_be_shown_is_refused_and_nothing_written(photos: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"name it \.jpg or \.png"):
        write_sheet(photos, tmp_path / "sheet.txt", SheetOptions())
    (photos / "images" / "3.png").write_bytes(b"no picture")
    with pytest.raises(BadInputError, match=r"3\.png"):
        write_sheet(photos, tmp_path / "sheet.jpg", SheetOptions())
    with pytest.raises(BadInputError, match="no such file"):
        write_sheet(tmp_path / "nowhere", tmp_path / "sheet.jpg", SheetOptions())
    assert not (tmp_path / "sheet.jpg").exists()

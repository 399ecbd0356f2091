import json
from collections import Counter
from pathlib import Path
from typing import Any

import cv2
import pytest
from typer.testing import CliRunner

from datasets.replay import check_replay, find_manifests
from facings.errors import BadInputError
from firmware_sim.cli import app
from tests.firmware_sim.conftest import WEEK


def read(file: Path) -> Any:
    return json.loads(file.read_text())


def test_every_photo_of_every_cooler_is_there(week: Path) -> None:
    manifests = [check_replay(file) for file in find_manifests(week)]
    assert [manifest.cooler for manifest in manifests] == ["cooler-01", "cooler-02"]
    assert [len(manifest.entries) for manifest in manifests] == [2, 2]
    photo = week / "coolers" / "cooler-01" / manifests[0].entries[0].file
    assert cv2.imread(str(photo)).shape == (960, 720, 3)


def test_the_catalogue_has_pictures_of_every_product(week: Path) -> None:
    products = read(week / "catalogue.json")["products"]
    assert len(products) == 24
    assert all(len(list((week / "gallery" / product["sku"]).glob("*.png"))) == 3 for product in products)


def test_planograms_name_products_and_fit_the_cooler(week: Path) -> None:
    widths = {product["sku"]: product["width_mm"] for product in read(week / "catalogue.json")["products"]}
    coolers = [cooler for outlet in read(week / "outlets.json")["outlets"] for cooler in outlet["coolers"]]
    assert [cooler["id"] for cooler in coolers] == ["cooler-01", "cooler-02"]
    for cooler in coolers:
        assert len(cooler["planogram"]) == 5
        for row in cooler["planogram"]:
            assert 8 <= len(row) <= 13
            assert sum(widths[lane["sku"]] for lane in row) < 740
            assert all(lane["depth"] >= 5 for lane in row)


def test_the_truth_of_a_photo_is_the_sum_of_its_units(week: Path) -> None:
    for photo in read(week / "truth.json")["photos"]:
        one = read(week / "coolers" / photo["cooler"] / "truth" / f"{Path(photo['file']).stem}.json")
        total = Counter(unit["sku"] for unit in one["units"])
        visible = Counter(unit["sku"] for unit in one["units"] if unit["visible_fraction"] >= 0.3)
        assert {line["sku"]: line["units_total"] for line in photo["lines"] if line["units_total"]} == total
        assert {line["sku"]: line["units_visible"] for line in photo["lines"] if line["units_visible"]} == visible
        assert sum(line["facings"] for line in photo["lines"]) == photo["lanes_filled"] <= photo["lanes"]
        assert photo["lanes"] - photo["lanes_filled"] == sum(gap["empty"] for gap in photo["gaps"])


def test_the_week_balances_in_the_file_too(week: Path) -> None:
    truth = read(week / "truth.json")
    for cooler in truth["coolers"]:
        for line in cooler["skus"]:
            assert line["opening"] + line["refills"] - line["sales"] - line["removed"] == line["closing"]
    assert truth["totals"]["sales"] == sum(line["sales"] for cooler in truth["coolers"] for line in cooler["skus"])
    assert truth["totals"]["photos"] == 4


def test_a_stopped_week_goes_on_to_the_same_photo(week: Path) -> None:
    gone = next(iter(sorted((week / "coolers" / "cooler-02" / "truth").iterdir())))
    photo = week / "coolers" / "cooler-02" / read(gone)["file"]
    before = photo.read_bytes()
    gone.unlink()
    photo.unlink()
    assert CliRunner().invoke(app, [*WEEK, "--out", str(week)]).exit_code == 0
    assert photo.read_bytes() == before


def test_a_folder_of_another_week_is_refused(week: Path) -> None:
    result = CliRunner().invoke(app, [*WEEK[:-1], "4", "--out", str(week)])
    assert isinstance(result.exception, BadInputError)


@pytest.mark.parametrize("page", ["simulator.md"])
def test_the_guide_names_every_key(week: Path, root: Path, page: str) -> None:
    guide = (root / "docs" / page).read_text()
    truth = read(week / "truth.json")
    photo = read(next(iter((week / "coolers" / "cooler-01" / "truth").iterdir())))
    keys = {*truth, *photo, *photo["units"][0], *truth["coolers"][0], *truth["coolers"][0]["skus"][0], *truth["totals"]}
    keys |= {*read(week / "catalogue.json")["products"][0], *read(week / "outlets.json")["outlets"][0]}
    assert [key for key in sorted(keys) if f"`{key}`" not in guide] == []

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from datasets.cli import app
from datasets.sets.formats import read_set
from facings.errors import BadInputError
from tests.support.labelled import coco_set, photo, voc_set, yolo_set

READABLE: dict[str, Callable[[Path], Path]] = {"coco": coco_set, "yolo": yolo_set, "voc": voc_set}


def run(*arguments: object) -> str:
    """What the command tells."""
    result = CliRunner().invoke(app, [str(word) for word in arguments], catch_exceptions=True)
    if result.exception:
        raise result.exception
    return " ".join(result.stderr.split())


@pytest.mark.parametrize("form", READABLE)
def test_every_format_gives_the_same_box(tmp_path: Path, form: str) -> None:
    source = READABLE[form](tmp_path / "source")
    said = run("import", source, "--out", tmp_path / "out", "--licence", "CC BY 4.0", "--attribution", "A. Nobody")
    assert "1 photos, 1 boxes" in said
    labels = json.loads((tmp_path / "out" / "labels.coco.json").read_text())
    assert labels["annotations"][0]["bbox"] == [4, 6, 16, 24]
    assert labels["categories"][0]["name"] == "can"
    assert labels["images"] == [{"id": 1, "file_name": "images/a.jpg", "width": 64, "height": 48}]
    assert (tmp_path / "out" / "images" / "a.jpg").is_file()
    assert json.loads((tmp_path / "out" / "source.json").read_text()) == {
        "version": 1,
        "format": form,
        "licence": "CC BY 4.0",
        "attribution": "A. Nobody",
    }


@pytest.mark.parametrize("form", ["coco", "yolo"])
def test_export_and_import_again_change_nothing(tmp_path: Path, form: str) -> None:
    photo(tmp_path / "source" / "train" / "images" / "a.jpg", 1)
    photo(tmp_path / "source" / "valid" / "images" / "a.jpg", 2)
    (tmp_path / "source" / "train" / "labels").mkdir()
    (tmp_path / "source" / "train" / "labels" / "a.txt").write_text("1 0.3 0.3 0.2 0.2\n0 0.5 0.5 0.25 0.125\n")
    (tmp_path / "source" / "data.yaml").write_text(
        "train: ../train/images\nval: ../valid/images\nnames: [can, bottle]\n"
        "roboflow: {license: CC BY 4.0, url: https://example.org/set}\n"
    )
    run("import", tmp_path / "source", "--out", tmp_path / "ours")
    run("export", tmp_path / "ours", "--format", form, "--out", tmp_path / "theirs")
    ours, theirs = read_set(tmp_path / "ours"), read_set(tmp_path / "theirs")
    assert [(image.name, image.split, len(image.boxes)) for image in ours.images] == [
        ("train/a.jpg", "train", 2),
        ("valid/a.jpg", "valid", 0),
    ]
    assert theirs.categories == ours.categories
    assert [(one.name, one.split) for one in theirs.images] == [(one.name, one.split) for one in ours.images]
    mine, other = ours.images[0].boxes[0], theirs.images[0].boxes[0]
    assert (other.category, other.x, other.y) == (mine.category, pytest.approx(mine.x, abs=0.01), pytest.approx(mine.y))
    assert ours.provenance.licence == theirs.provenance.licence == "CC BY 4.0"


def test_keys_of_others_and_ours_are_kept(tmp_path: Path) -> None:
    images = [{"id": 1, "file_name": "a.jpg", "width": 64, "height": 48, "split": "test", "camera": 5}]
    run("import", coco_set(tmp_path / "source", images=images), "--out", tmp_path / "out")
    image = read_set(tmp_path / "out").images[0]
    assert (image.name, image.split, image.extra) == ("test/a.jpg", "test", {"camera": 5})
    assert image.boxes[0].extra["sku"] == "cola"


def test_a_folder_per_class_labels_the_whole_photo(tmp_path: Path) -> None:
    for number, name in enumerate(("train/milk/oat/1.jpg", "train/milk/soy/1.jpg", "val/milk/oat/1.jpg", "logo.png")):
        photo(tmp_path / "source" / name, number)
    said = run("import", tmp_path / "source", "--out", tmp_path / "out")
    assert "1 photos outside the split folders left out" in said
    images = read_set(tmp_path / "out").images
    assert [(image.split, image.label) for image in images] == [("train", "oat"), ("train", "soy"), ("valid", "oat")]


def test_photos_without_labels_are_a_set_too(tmp_path: Path) -> None:
    photo(tmp_path / "source" / "a.jpg")
    assert "1 photos, 0 boxes of 0 categories" in run("import", tmp_path / "source", "--out", tmp_path / "out")


def test_polygons_become_the_box_around_them(tmp_path: Path) -> None:
    yolo_set(tmp_path, "0 0.25 0.25 0.5 0.25 0.5 0.5")
    box = read_set(tmp_path).images[0].boxes[0]
    assert (box.x, box.y, box.width, box.height) == (16, 12, 16, 12)
    assert box.extra["segmentation"] == [[16, 12, 32, 12, 32, 24]]


def test_nameless_classes_are_numbered_or_named(tmp_path: Path) -> None:
    yolo_set(tmp_path / "source", names="")
    assert "--names names them" in run("import", tmp_path / "source", "--out", tmp_path / "a")
    run("import", tmp_path / "source", "--names", "gap", "--out", tmp_path / "b")
    assert read_set(tmp_path / "b").categories[0].name == "gap"


def test_a_box_less_than_a_pixel_outside_is_clipped(tmp_path: Path) -> None:
    annotation = {"id": 7, "image_id": 1, "category_id": 3, "bbox": [-0.6, 6, 65, 24], "area": 1560}
    run("import", coco_set(tmp_path / "source", annotations=[annotation]), "--out", tmp_path / "out")
    box = read_set(tmp_path / "out").images[0].boxes[0]
    assert (box.x, box.width, box.extra["area"]) == (0, 64, 1536)


def box(*bbox: float, **changes: Any) -> dict[str, Any]:
    """A COCO document whose one annotation is bad."""
    return {"annotations": [{"id": 7, "image_id": 1, "category_id": 3, "bbox": bbox, **changes}]}


def image(**changes: Any) -> dict[str, Any]:
    """A COCO document whose one image is bad."""
    return {"images": [{"id": 1, "file_name": "a.jpg", "width": 64, "height": 48, **changes}]}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (box(50, 6, 16, 24), r"labels\.json: annotation 7 on a\.jpg: .* reaches 2\.0 px beyond the photo of 64 x 48"),
        (box(-5, 6, 16, 24), r"annotation 7 on a\.jpg: .* reaches 5\.0 px"),
        (box(4, 6, 0, 24), r"annotation 7 on a\.jpg: .* no size"),
        (box(4, 6, float("nan"), 24), r"annotation 7 on a\.jpg: .* not made of numbers"),
        (box(4, 6, 16, 24, category_id=9), r"labels\.json: annotation 7: there is no category 9"),
        (box(4, 6, 16, 24, image_id=9), r"labels\.json: annotation 7: there is no image 9"),
        (box(4, 6, 16), r"labels\.json: not a COCO file: annotations\.0\.bbox"),
        (image(file_name="gone.jpg"), r"image 1: .*gone\.jpg: the photo is not there"),
        (image(file_name="../a.jpg"), r"image 1: '\.\./a\.jpg' is not a path inside the set"),
        (image(file_name="/etc/a.jpg"), r"image 1: '/etc/a\.jpg' is not a path inside the set"),
        (image(file_name="C:\\a.jpg"), r"is not a path inside the set"),
        (image(width=48, height=64), r"a\.jpg has 64 x 48 pixels .*the labels say 48 x 64"),
        ({"images": image()["images"] * 2}, r"labels\.json: two images have the id 1"),
        ({"annotations": box(4, 6, 16, 24)["annotations"] * 2}, "two annotations have the id 7"),
    ],
)
def test_bad_coco_is_named_and_leaves_nothing(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    refused(coco_set(tmp_path / "source", **changes), tmp_path, says)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("0 0.9 0.4 0.4 0.4", r"a\.txt: line 1 on a\.jpg: .* beyond the photo"),
        ("0 0.5 0.5 nan 0.4", r"a\.txt: line 1 on a\.jpg: .* not made of numbers"),
        ("0 0.5 0.5 0 0.4", r"a\.txt: line 1 on a\.jpg: .* no size"),
        ("5 0.5 0.5 0.1 0.1", r"a\.txt: line 1: there is no class 5: only 2"),
        ("0 0.5 0.5 0.1", r"a\.txt: line 1: 4 words"),
        ("can 0.5 0.5 0.1 0.1", r"a\.txt: line 1: not a class number"),
    ],
)
def test_bad_yolo_is_named_and_leaves_nothing(tmp_path: Path, line: str, says: str) -> None:
    refused(yolo_set(tmp_path / "source", line), tmp_path, says)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"xmax": "80"}, r"a\.xml: object 1 on a\.jpg: .* beyond the photo"),
        ({"xmax": "wide"}, r"a\.xml: object 1: bndbox/xmax is 'wide'"),
        ({"name": ""}, r"a\.xml: object 1: it has no name"),
        ({"file": "../a.jpg"}, r"a\.xml: filename: '\.\./a\.jpg'"),
        ({"file": "b.jpg"}, r"b\.jpg: the photo is not there"),
        ({"before": "<!DOCTYPE a [<!ENTITY b 'c'>]>"}, "declares a document type"),
        ({"before": "<<"}, "not XML"),
    ],
)
def test_bad_voc_is_named_and_leaves_nothing(tmp_path: Path, changes: dict[str, str], says: str) -> None:
    refused(voc_set(tmp_path / "source", **changes), tmp_path, says)


def refused(source: Path, folder: Path, says: str) -> None:
    """The import of `source` ends with an error that `says` this, and there is no output, not even half of one."""
    with pytest.raises(BadInputError, match=says):
        run("import", source, "--out", folder / "out")
    assert [path.name for path in folder.iterdir()] == [source.name]


@pytest.mark.parametrize(
    ("prepare", "says"),
    [
        (
            lambda source: (source / "labels.json").write_text('{"images": [], "annotations": ['),
            "labels.json: not JSON",
        ),
        (lambda source: (source / "images" / "a.jpg").write_bytes(b""), r"a\.jpg: the photo is empty"),
        (lambda source: (source / "images" / "a.jpg").write_text("no"), r"a\.jpg: not a picture"),
        (lambda source: (source / "images" / "a.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut"), r"a\.jpg: .* cut short"),
        (lambda source: (source / "data.yaml").write_text("names: [a]"), "coco and yolo: say which to read"),
        (lambda source: (source / "images" / "a.jpg").rename(source.parent / "b.jpg"), "not there"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, prepare: Callable[[Path], object], says: str) -> None:
    prepare(coco_set(tmp_path / "source"))
    with pytest.raises(BadInputError, match=says):
        run(
            "import",
            tmp_path / "source",
            "--out",
            tmp_path / "out",
        )
    assert not (tmp_path / "out").exists()


def test_a_link_out_of_the_set_is_refused(tmp_path: Path) -> None:
    source = coco_set(tmp_path / "source")
    (source / "images" / "a.jpg").rename(tmp_path / "secret.jpg")
    (source / "images" / "a.jpg").symlink_to(tmp_path / "secret.jpg")
    with pytest.raises(BadInputError, match="leads out of"):
        run("import", source, "--out", tmp_path / "out")


def test_a_folder_that_is_taken_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(BadInputError, match="is there already"):
        run("import", coco_set(tmp_path / "source"), "--out", tmp_path / "out")
    assert (tmp_path / "out" / "mine.txt").read_text() == "mine"


@pytest.mark.real_photos
@pytest.mark.parametrize(
    ("name", "photos", "boxes", "categories"),
    [
        ("cooler_brands", 235, 7311, 33),
        ("drinks_coolers", 9, 533, 407),
        ("beverage3", 220, 535, 2),
        ("cold_drinks", 40, 543, 6),
        ("shelf_gaps", 90, 543, 1),
        ("grocery_store", 2936, 0, 81),
    ],
)
def test_real_sets_come_in_whole_and_go_out_again(
    tmp_path: Path, shared_data: Path, name: str, photos: int, boxes: int, categories: int
) -> None:
    run("import", shared_data / name, "--out", tmp_path / "ours")
    ours = read_set(tmp_path / "ours")
    assert (len(ours.images), sum(ours.boxes_by_category().values()), len(ours.categories)) == (
        photos,
        boxes,
        categories,
    )
    if name == "grocery_store":
        return  # a class per photo and no boxes: nothing that YOLO could say
    run("export", tmp_path / "ours", "--format", "yolo", "--out", tmp_path / "yolo")
    theirs = read_set(tmp_path / "yolo")
    assert theirs.boxes_by_category() == ours.boxes_by_category()
    placed = {image.name: image.boxes for image in theirs.images}
    for image in ours.images:
        for mine, other in zip(image.boxes, placed[image.name], strict=True):
            assert abs(mine.x - other.x) + abs(mine.width - other.width) < 0.01


def test_faulty_photos_and_boxes_can_be_left_out(tmp_path: Path) -> None:
    good = {"id": 7, "image_id": 1, "category_id": 3, "bbox": [4, 6, 16, 24]}
    images = [{"id": n, "file_name": f"{name}.jpg", "width": 64, "height": 48} for n, name in ((1, "a"), (2, "gone"))]
    source = coco_set(tmp_path / "source", images=images, annotations=[good, good | {"id": 8, "bbox": [4, 6, 99, 24]}])
    said = run("import", source, "--out", tmp_path / "out", "--leave-out-faults")
    assert "left out as faulty: 1 photos, 1 boxes on the others" in said
    assert "1 photos, 1 boxes" in said


def test_the_layout_of_sku110k(tmp_path: Path) -> None:
    photo(tmp_path / "source" / "images" / "train_0.jpg")
    file = tmp_path / "source" / "annotations" / "annotations_train.csv"
    file.parent.mkdir()
    file.write_text("train_0.jpg,4,6,20,30,object,64,48\n")
    run("import", tmp_path / "source", "--out", tmp_path / "out")
    (image,) = read_set(tmp_path / "out").images
    assert (image.name, image.split, image.boxes[0].width) == ("train/train_0.jpg", "train", 16)
    file.write_text("train_0.jpg,4,6,20\n")
    with pytest.raises(BadInputError, match=r"annotations_train\.csv: line 1: not photo, x1"):
        read_set(tmp_path / "source")

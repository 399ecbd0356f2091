"""Pascal VOC: an XML file per photo.

Format: Everingham and Winn, "The PASCAL VOC 2012 Development Kit", section 4. Pixels count from 1 and both corners
belong to the box, so a box from 1 to 10 is 10 pixels wide and begins at 0 here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from datasets.sets.model import Category, LabelledBox, LabelledImage, LabelledSet, Provenance, image_name
from datasets.sets.names import inside, name_in_set, split_of
from facings.errors import BadInputError

_KEPT = ("pose", "truncated", "difficult", "occluded")


def voc_files(folder: Path) -> list[Path]:
    """The XML files of a folder that look like VOC's, by name."""
    return sorted(file for file in folder.rglob("*.xml") if b"<annotation" in file.read_bytes()[:2000])


def read_voc(folder: Path) -> LabelledSet:
    """The photos of a VOC folder: `Annotations/` and `JPEGImages/`, or both kinds of file side by side.

    Raises:
        BadInputError: an XML file that is none, or names a photo outside the folder, or lacks a size or corner.
    """
    files = voc_files(folder)
    if not files:
        raise BadInputError(f"{folder}: no VOC annotations (*.xml) in it or below it")
    splits = _splits(folder)
    images = tuple(_image(file, folder, splits) for file in files)
    names = sorted({box.category for image in images for box in image.boxes})
    return LabelledSet(images, tuple(Category(name) for name in names), Provenance(format="voc"))


def _splits(folder: Path) -> dict[str, str]:
    """The split of each photo's stem, from `ImageSets/Main`; lists of one class (`cat_train.txt`) are passed over."""
    found: dict[str, str] = {}
    for file in sorted((folder / "ImageSets" / "Main").glob("*.txt")):
        if file.stem in {"train", "val", "test"}:
            split = split_of(file.stem)
            assert split is not None
            found |= {line.split()[0]: split for line in file.read_text(encoding="utf-8").splitlines() if line.strip()}
    return found


def _image(file: Path, folder: Path, splits: dict[str, str]) -> LabelledImage:
    root = _root(file)
    try:
        relative = name_in_set(root.findtext("filename") or "")
    except ValueError as error:
        raise BadInputError(f"{file}: filename: {error}") from error
    path = _find_photo(file, folder, relative)
    if not inside(folder, path):
        raise BadInputError(f"{file}: {relative} leads out of {folder}: copy the photo into the set")
    width, height = (round(_number(file, root, f"size/{side}", "the photo's size")) for side in ("width", "height"))
    if width <= 0 or height <= 0:
        raise BadInputError(f"{file}: a photo of {width} x {height} pixels: write its size into <size>")
    split = splits.get(file.stem) or (split_of(file.parent.name) if file.parent != folder else None)
    boxes = tuple(_boxes(file, root))
    return LabelledImage(image_name(relative, split), path, width, height, boxes, split, origin=str(file))


def _root(file: Path) -> ElementTree.Element:
    content = file.read_bytes()
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise BadInputError(f"{file}: declares a document type or entities, which a label file has no use for: refused")
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 - no entities, see above
    except ElementTree.ParseError as error:
        raise BadInputError(f"{file}: not XML: {error}") from error
    if root.tag != "annotation":
        raise BadInputError(f"{file}: <{root.tag}> is no VOC annotation")
    return root


def _find_photo(file: Path, folder: Path, relative: str) -> Path:
    places = [file.parent.parent / "JPEGImages", file.parent, file.parent.parent / "images", folder / "JPEGImages"]
    return next((place / relative for place in places if (place / relative).is_file()), places[0] / relative)


def _boxes(file: Path, root: ElementTree.Element) -> Iterator[LabelledBox]:
    for number, thing in enumerate(root.iterfind("object"), start=1):
        origin = f"{file}: object {number}"
        name = (thing.findtext("name") or "").strip()
        if not name:
            raise BadInputError(f"{origin}: it has no name")
        corners = [_number(file, thing, f"bndbox/{side}", origin) for side in ("xmin", "ymin", "xmax", "ymax")]
        left, top, right, bottom = corners[0] - 1, corners[1] - 1, corners[2], corners[3]
        extra = {key: text for key in _KEPT if (text := thing.findtext(key)) is not None}
        yield LabelledBox(name, left, top, right - left, bottom - top, extra, origin)


def _number(file: Path, root: ElementTree.Element, path: str, what: str) -> float:
    text = root.findtext(path)
    try:
        return float(text or "")
    except ValueError as error:
        where = what if str(file) in what else f"{file}: {what}"
        raise BadInputError(f"{where}: {path} is {text!r}, not a number") from error

"""YOLO: a text file per photo, a line per box: class number, centre and size in fractions of the photo.

Format: https://docs.ultralytics.com/datasets/detect/. Names of the classes stand in `data.yaml` or `classes.txt`. A
line of six words is a box with its score, a longer one a polygon, which is kept beside the box around it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from datasets.sets.model import Category, LabelledBox, LabelledImage, LabelledSet, Provenance, image_name
from datasets.sets.names import SPLITS, inside, name_in_set, photos_below
from datasets.sets.photos import size_of
from facings.errors import BadInputError


@dataclass(frozen=True)
class _Plan:
    """Which folders of photos there are, by split, and the names of the classes."""

    folders: tuple[tuple[str | None, Path], ...]
    names: tuple[str, ...] | None = None
    provenance: Provenance = field(default=Provenance(format="yolo"))
    notes: tuple[str, ...] = ()


def read_yolo(folder: Path, names: Sequence[str] | None = None) -> LabelledSet:
    """The photos and boxes of a YOLO folder.

    Args:
        folder: holds `data.yaml`, or `images/` and `labels/`, with or without a folder per split.
        names: of the classes, where the folder does not tell.

    Raises:
        BadInputError: no such folders, a line that is no box, a class without a name, labels without a photo.
    """
    plan = _from_yaml(folder) if (folder / "data.yaml").is_file() else _from_folders(folder)
    known = tuple(names) if names else plan.names
    images = [image for split, photos in plan.folders for image in _read_folder(photos, split, known)]
    notes = plan.notes
    if known is None:
        found = {box.category for image in images for box in image.boxes}
        known = tuple(sorted(found, key=lambda name: int(name.removeprefix("class-"))))
        notes += (f"no names of classes (data.yaml, classes.txt): called {', '.join(known)}; --names names them",)
    return LabelledSet(tuple(images), tuple(Category(name) for name in known), plan.provenance, notes)


def _from_yaml(folder: Path) -> _Plan:
    file = folder / "data.yaml"
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInputError(f"{file}: not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict):
        raise BadInputError(f"{file}: expected keys such as names, train and val")
    folders: list[tuple[str | None, Path]] = []
    notes: list[str] = []
    for key in ("train", "val", "test"):
        for place in _places(file, key, document.get(key)):
            photos = folder / place
            if not photos.is_dir():
                notes.append(f"{file}: there is no folder {place} for {key}; left out")
            elif all(photos != other for _, other in folders):
                folders.append((SPLITS[key], photos))
    if len(folders) == 1 and folders[0][1].name == "images":
        folders = [(None, folders[0][1])]  # one folder under every name: the set knows no splits
    return _Plan(tuple(folders), _names_of(file, document.get("names")), _provenance(document), tuple(notes))


def _places(file: Path, key: str, value: object) -> list[str]:
    """The folders that `data.yaml` names for one split; a leading '../' means this one, as exporters write."""
    values = value if isinstance(value, list) else [] if value is None else [value]
    places = []
    for one in values:
        text = str(one)
        while text.startswith("../"):
            text = text.removeprefix("../")
        try:
            places.append(name_in_set(text))
        except ValueError as error:
            raise BadInputError(f"{file}: {key}: {error}") from error
    return places


def _names_of(file: Path, value: object) -> tuple[str, ...] | None:
    if value is None:
        return None
    if isinstance(value, dict):
        if sorted(value) != list(range(len(value))):
            raise BadInputError(f"{file}: names must be numbered from 0 without a hole")
        value = [value[number] for number in range(len(value))]
    if not isinstance(value, list) or len(set(map(str, value))) != len(value):
        raise BadInputError(f"{file}: names must be a list of different names")
    return tuple(str(name) for name in value)


def _provenance(document: dict[str, Any]) -> Provenance:
    """Licence and address, as Roboflow writes them."""
    said = document.get("roboflow")
    said = said if isinstance(said, dict) else {}
    licence = str(said.get("license") or document.get("license") or document.get("licence") or "unknown")
    return Provenance(format="yolo", licence=licence, url=str(said.get("url", "")))


def _from_folders(folder: Path) -> _Plan:
    """`images/` or `images/SPLIT/`, `SPLIT/images/`, or photos and labels side by side."""
    candidates = [(split, folder / "images" / word) for word, split in SPLITS.items()]
    candidates += [(split, folder / word / "images") for word, split in SPLITS.items()]
    folders: list[tuple[str | None, Path]] = [(split, place) for split, place in candidates if place.is_dir()]
    if not folders:
        folders = [(None, folder / "images" if (folder / "images").is_dir() else folder)]
    classes = folder / "classes.txt"
    names = None
    if classes.is_file():
        lines = classes.read_text(encoding="utf-8").splitlines()
        names = _names_of(classes, [line.strip() for line in lines if line.strip()])
    return _Plan(tuple(folders), names)


def _read_folder(photos: Path, split: str | None, names: tuple[str, ...] | None) -> Iterator[LabelledImage]:
    files = photos_below(photos)
    expected = {_label_file(file, photos) for file in files}
    labels = _label_file(photos / "x.jpg", photos).parent
    for file in sorted(labels.rglob("*.txt")) if labels.is_dir() else []:
        if file not in expected and file.name not in {"classes.txt", "README.txt"}:
            raise BadInputError(f"{file}: labels of a photo that is not in {photos}: add the photo or remove the file")
    for file in files:
        if not inside(photos, file):
            raise BadInputError(f"{file}: a link that leads out of the set: copy the photo into it")
        yield _read_photo(file, photos, split, names)


def _label_file(photo: Path, photos: Path) -> Path:
    """Where the labels of a photo lie: in `labels` beside `images`, or beside the photo."""
    parts = photos.parts
    if "images" in parts[-2:]:
        place = len(parts) - 1 - parts[::-1].index("images")
        folder = Path(*parts[:place], "labels", *parts[place + 1 :])
    else:
        folder = photos
    return folder / photo.relative_to(photos).with_suffix(".txt")


def _read_photo(file: Path, photos: Path, split: str | None, names: tuple[str, ...] | None) -> LabelledImage:
    width, height = size_of(file)
    labels = _label_file(file, photos)
    boxes: list[LabelledBox] = []
    if labels.is_file() and width:
        for number, line in enumerate(labels.read_text(encoding="utf-8-sig").splitlines(), start=1):
            if line.strip():
                boxes.append(_box(line.split(), width, height, names, f"{labels}: line {number}"))
    name = image_name(PurePosixPath(file.relative_to(photos)).as_posix(), split)
    return LabelledImage(name, file, width, height, tuple(boxes), split, origin=str(labels))


def _box(words: list[str], width: int, height: int, names: tuple[str, ...] | None, origin: str) -> LabelledBox:
    try:
        kind, numbers = int(words[0]), [float(word) for word in words[1:]]
    except ValueError as error:
        raise BadInputError(f"{origin}: not a class number followed by numbers") from error
    if len(numbers) not in {4, 5} and (len(numbers) < 6 or len(numbers) % 2):
        raise BadInputError(f"{origin}: {len(words)} words, but a box has 5 and a polygon an odd number from 7")
    if kind < 0 or (names is not None and kind >= len(names)):
        named = f"only {len(names)} classes have a name" if names is not None else "classes count from 0"
        raise BadInputError(f"{origin}: there is no class {kind}: {named}")
    category = names[kind] if names is not None else f"class-{kind}"
    if len(numbers) >= 6:
        return _around(category, numbers, width, height, origin)
    x, y, w, h = numbers[0] * width, numbers[1] * height, numbers[2] * width, numbers[3] * height
    extra = {"score": numbers[4]} if len(numbers) == 5 else {}
    return LabelledBox(category, x - w / 2, y - h / 2, w, h, extra, origin)


def _around(category: str, numbers: list[float], width: int, height: int, origin: str) -> LabelledBox:
    """The box around a polygon, which is kept as COCO's `segmentation`."""
    across, down = [x * width for x in numbers[::2]], [y * height for y in numbers[1::2]]
    outline = [round(side, 2) for point in zip(across, down, strict=True) for side in point]
    left, top = min(across), min(down)
    extra = {"segmentation": [outline]}
    return LabelledBox(category, left, top, max(across) - left, max(down) - top, extra, origin)


def label_text(image: LabelledImage, numbers: dict[str, int]) -> str:
    """The label file of a photo."""
    lines = []
    for box in image.boxes:
        x, y = (box.x + box.width / 2) / image.width, (box.y + box.height / 2) / image.height
        size = f"{box.width / image.width:.7f} {box.height / image.height:.7f}"
        lines.append(f"{numbers[box.category]} {x:.7f} {y:.7f} {size}\n")
    return "".join(lines)


def data_yaml(labelled: LabelledSet) -> str:
    """`data.yaml`; a set without splits names its photos for training and for validation."""
    folders = {split: f"images/{split}" for split in labelled.splits()} or {"train": "images", "valid": "images"}
    keys = {"train": "train", "valid": "val", "test": "test"}
    document: dict[str, Any] = {keys.get(split, split): place for split, place in folders.items()}
    document["names"] = {number: one.name for number, one in enumerate(labelled.categories)}
    document["licence"] = labelled.provenance.licence
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)

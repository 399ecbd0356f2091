"""Which format a folder is in, and the reader of each."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from datasets.sets.coco import read_coco
from datasets.sets.folders import read_folder
from datasets.sets.layout import LABELS_FILE, read_source
from datasets.sets.model import LabelledSet
from datasets.sets.names import photos_below
from datasets.sets.sku110k import read_sku110k
from datasets.sets.voc import read_voc, voc_files
from datasets.sets.yolo import read_yolo
from facings.errors import BadInputError


class Format(StrEnum):
    """How photos and labels lie on disk."""

    AUTO = "auto"
    COCO = "coco"
    YOLO = "yolo"
    VOC = "voc"
    FOLDER = "folder"
    SKU110K = "sku110k"


def read_set(source: Path, form: Format = Format.AUTO, names: Sequence[str] | None = None) -> LabelledSet:
    """The labelled photos of a folder, or of a COCO file.

    Args:
        source: folder or COCO file.
        form: how to read it; AUTO looks.
        names: of YOLO's classes, where the folder does not tell.

    Raises:
        BadInputError: nothing there, more than one format, or a file that cannot be read as that format.
    """
    if not source.exists():
        raise BadInputError(f"{source}: there is no such file or folder")
    form = format_of(source) if form is Format.AUTO else form
    if form is Format.COCO:
        files, folder = ([source], source.parent) if source.is_file() else (coco_files(source), source)
        if not files:
            raise BadInputError(f"{source}: no COCO file (*.json with images and annotations) in it")
        return read_coco(files, folder).with_source(read_source(folder))
    if source.is_file():
        raise BadInputError(f"{source}: a file, but {form.value} is read from a folder")
    if form is Format.YOLO:
        return read_yolo(source, names)
    readers = {Format.VOC: read_voc, Format.FOLDER: read_folder, Format.SKU110K: read_sku110k}
    return readers[form](source)


def format_of(source: Path) -> Format:
    """The format that a folder is in.

    Raises:
        BadInputError: two formats at once, or no photo.
    """
    if source.is_file():
        if source.suffix != ".json":
            raise BadInputError(f"{source}: neither a folder nor a COCO file (*.json)")
        return Format.COCO
    signs = {
        Format.COCO: bool(coco_files(source)),
        Format.YOLO: (source / "data.yaml").is_file() or any(path.is_dir() for path in _label_folders(source)),
        Format.VOC: bool(voc_files(source)),
        Format.SKU110K: any((source / "annotations").glob("annotations_*.csv")),
    }
    found = [form for form, there in signs.items() if there]
    if len(found) > 1:
        named = " and ".join(form.value for form in found)
        raise BadInputError(f"{source}: holds labels as {named}: say which to read with --format")
    if not found and not photos_below(source):
        raise BadInputError(f"{source}: no labels and no photos (jpg, png, bmp, webp) in it or below it")
    return found[0] if found else Format.FOLDER


def _label_folders(source: Path) -> list[Path]:
    return [source / "labels", *(source / split / "labels" for split in ("train", "valid", "val", "test"))]


def coco_files(folder: Path) -> list[Path]:
    """The COCO files of a folder: ours, else those in it, in `annotations/` and one folder down."""
    if (folder / LABELS_FILE).is_file():
        return [folder / LABELS_FILE]
    candidates = [*folder.glob("*.json"), *folder.glob("*/*.json")]
    return sorted(file for file in candidates if file.name.endswith(".coco.json") or _looks_like_coco(file))


def _looks_like_coco(file: Path) -> bool:
    with file.open("rb") as opened:
        content = opened.read(1_000_000)
    return b'"images"' in content and (b'"annotations"' in content or b'"categories"' in content)

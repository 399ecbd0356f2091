"""Names that come from files of others: only paths inside the set are taken."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath, PureWindowsPath

PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp"})

SPLITS = {"train": "train", "training": "train", "valid": "valid", "val": "valid", "validation": "valid",
          "test": "test", "testing": "test"}  # fmt: skip
"""Folder and file names that mean a split, and how we spell it."""


def name_in_set(name: str) -> str:
    """`name` as a relative path with forward slashes and no dots.

    Raises:
        ValueError: empty, absolute, with a drive, '..' or a control character.

    Example:
        >>> name_in_set("./images/a.jpg"), name_in_set("train\\\\a.jpg")
        ('images/a.jpg', 'train/a.jpg')
    """
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or PureWindowsPath(name).drive or ".." in path.parts or re.search(r"[\x00-\x1f]", name):
        raise ValueError(f"{name!r} is not a path inside the set: absolute paths and '..' are refused")
    if str(path) == ".":
        raise ValueError("a photo without a name")
    return str(path)


def inside(folder: Path, file: Path) -> bool:
    """Whether `file` lies in `folder` once links are followed."""
    return file.resolve().is_relative_to(folder.resolve())


def split_of(stem: str) -> str | None:
    """The split that a folder or file name means, if any.

    Example:
        >>> split_of("val"), split_of("train.coco"), split_of("instances_val2017"), split_of("drinks")
        ('valid', 'train', 'valid', None)
    """
    words = re.findall(r"[a-z]+", stem.lower())
    found = {SPLITS[word] for word in words if word in SPLITS}
    return found.pop() if len(found) == 1 else None


def is_photo(file: Path) -> bool:
    """Whether the name is that of a picture; hidden files are none."""
    return file.suffix.lower() in PHOTO_SUFFIXES and not file.name.startswith(".")


def photos_below(folder: Path) -> list[Path]:
    """Every picture file in the folder and below it, by name."""
    return sorted(file for file in folder.rglob("*") if is_photo(file) and file.is_file())

"""Plain folders of photos: a folder per class, or photos without any label."""

from __future__ import annotations

from pathlib import Path

from datasets.sets.model import Category, LabelledImage, LabelledSet, Provenance, image_name
from datasets.sets.names import SPLITS, inside, photos_below
from datasets.sets.photos import size_of
from facings.errors import BadInputError


def read_folder(folder: Path) -> LabelledSet:
    """Every photo in and below a folder. The class of a photo is the name of the folder it lies in.

    Where the folder holds folders named as splits (train, val, ...), only these are read. Where two folders of one name
    lie at different places (`drinks/other`, `snacks/other`), the class is the whole path.

    Raises:
        BadInputError: a link out of the folder.
    """
    splits = [(word, split) for word, split in SPLITS.items() if (folder / word).is_dir()]
    roots: list[tuple[Path, str | None]] = [(folder / word, split) for word, split in splits] or [(folder, None)]
    found = [(file, root, split) for root, split in roots for file in photos_below(root)]
    places = {file.parent.relative_to(root) for file, root, _ in found}
    unique = len({place.name for place in places}) == len(places)
    images = tuple(_image(file, root, split, unique) for file, root, split in found)
    labels = sorted({image.label for image in images if image.label})
    read = {root for root, _ in roots}
    left_out = [file for file in photos_below(folder) if splits and not any(root in file.parents for root in read)]
    notes = (f"{len(left_out)} photos outside the split folders left out",) if left_out else ()
    return LabelledSet(images, tuple(Category(label) for label in labels), Provenance(format="folder"), notes)


def _image(file: Path, root: Path, split: str | None, unique: bool) -> LabelledImage:
    if not inside(root, file):
        raise BadInputError(f"{file}: a link that leads out of the set: copy the photo into it")
    width, height = size_of(file)
    place = file.parent.relative_to(root)
    name = image_name(file.relative_to(root).as_posix(), split)
    label = (place.name if unique else place.as_posix()) if place.parts else None
    return LabelledImage(name, file, width, height, (), split, label, origin=str(file))

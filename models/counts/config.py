"""The labelled photos from which count errors are learned, and those on which they are judged: a TOML file."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.configuration import read_configuration


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PhotoSet(_Settings):
    """Labelled photos, and where the pictures of their SKUs come from.

    Attributes:
        name: what the report calls them.
        images, labels: folder and COCO file; the categories are the SKUs.
        gallery: folder of pictures by SKU.
        pictures_from: COCO file of other photos in `images`; of each SKU its `pictures` largest are the gallery.
        pictures_share: or this share of the photos themselves, which then are neither learned from nor judged.
        strangers: share of the SKUs that are left out of a gallery cut from photos, so that there is something unknown.
        most: of more photos than this, so many are taken evenly.
    """

    name: str
    images: Path
    labels: Path
    gallery: Path | None = None
    pictures_from: Path | None = None
    pictures_share: float = Field(default=0.0, ge=0, lt=1)
    pictures: int = Field(default=5, ge=1)
    strangers: float = Field(default=0.0, ge=0, lt=1)
    most: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _one_gallery(self) -> Self:
        if sum(map(bool, (self.gallery, self.pictures_from, self.pictures_share))) > 1:
            raise ValueError("name one of gallery, pictures_from and pictures_share")
        return self


class CountsConfig(_Settings):
    """Photos to learn from and to judge on; none may be in both."""

    fit: tuple[PhotoSet, ...] = Field(min_length=1)
    judge: tuple[PhotoSet, ...] = ()


def read_config(file: Path) -> CountsConfig:
    """The sets of a TOML file.

    Raises:
        SettingsError: the file is absent or not such a file.
    """
    return read_configuration(file, CountsConfig)

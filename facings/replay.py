"""`ReplayManifest`: photos of one cooler in time order, replayed by a camera as if they were taken now.

A replay set has one folder per cooler with its photos and a `replay.json` of this form beside them. Version 2 can name,
for each photo, a file of labels and a file of truth; version 1 knows photos only and is still read.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from facings.clock import UtcDatetime, format_utc
from facings.errors import BadInputError
from facings.faults import described
from facings.ids import Slug

REPLAY_FILE = "replay.json"
REPLAY_VERSION: Literal[2] = 2


def _inside_folder(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name:
        raise ValueError("must be a relative path inside the manifest's folder, with forward slashes")
    return name


FileName = Annotated[str, Field(min_length=1), AfterValidator(_inside_folder)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ReplayFile(BaseModel):
    """A file that belongs to a photo: where it lies, relative to the manifest, and which bytes it must hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: FileName
    sha256: Sha256


class ReplayPhoto(BaseModel):
    """One photo of a replay: when it was taken, where it lies, and which bytes it must hold.

    `labels` (what can be seen, COCO or YOLO) and `truth` (what stood there, hidden units too) are for those who
    measure; a camera reads the photo only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: UtcDatetime
    file: FileName
    sha256: Sha256
    bytes: Annotated[int, Field(gt=0)]
    labels: ReplayFile | None = None
    truth: ReplayFile | None = None


class ReplayManifest(BaseModel):
    """The photos of one cooler, oldest first.

    Example:
        >>> ReplayManifest(cooler="cooler-01", entries=()).version
        2
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1, 2] = REPLAY_VERSION
    cooler: Slug
    entries: tuple[ReplayPhoto, ...]

    @model_validator(mode="after")
    def _in_time_order(self) -> ReplayManifest:
        for earlier, later in pairwise(self.entries):
            if later.at <= earlier.at:
                raise ValueError(
                    f"entries must be in time order, each later than the one before: {later.file} "
                    f"({format_utc(later.at)}) follows {earlier.file} ({format_utc(earlier.at)})"
                )
        return self

    @model_validator(mode="after")
    def _labels_need_version_2(self) -> ReplayManifest:
        for entry in self.entries:
            if self.version == 1 and (entry.labels or entry.truth):
                raise ValueError(f"{entry.file}: labels and truth need version 2")
        return self


def read_manifest(path: Path) -> ReplayManifest:
    """The manifest at `path`, or in `path` where that is a folder.

    Raises:
        BadInputError: no such file, or not a replay manifest; the text names the file and the fault.
    """
    file = path / REPLAY_FILE if path.is_dir() else path
    try:
        return ReplayManifest.model_validate_json(file.read_bytes())
    except OSError as error:
        raise BadInputError(f"{file}: cannot read the replay manifest ({error.strerror})") from error
    except ValidationError as error:
        raise BadInputError(f"{file}: not a replay manifest: {described(error)}") from error

"""`ReplayManifest`: photos of one cooler in time order, replayed by a camera as if they were taken now.

A replay set has one folder per cooler with its photos and a `replay.json` of this form beside them.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from facings.clock import UtcDatetime
from facings.errors import BadInputError
from facings.ids import Slug

REPLAY_FILE = "replay.json"
REPLAY_VERSION: Literal[1] = 1


def _inside_folder(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name:
        raise ValueError("must be a relative path inside the manifest's folder, with forward slashes")
    return name


class ReplayPhoto(BaseModel):
    """One photo of a replay: when it was taken, where it lies, and which bytes it must hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: UtcDatetime
    file: Annotated[str, Field(min_length=1), AfterValidator(_inside_folder)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    bytes: Annotated[int, Field(gt=0)]


class ReplayManifest(BaseModel):
    """The photos of one cooler, oldest first.

    Example:
        >>> ReplayManifest(version=1, cooler="cooler-01", entries=()).entries
        ()
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = REPLAY_VERSION
    cooler: Slug
    entries: tuple[ReplayPhoto, ...]

    @model_validator(mode="after")
    def _in_time_order(self) -> ReplayManifest:
        times = [entry.at for entry in self.entries]
        if any(later <= earlier for earlier, later in pairwise(times)):
            raise ValueError("entries must be in time order, each later than the one before")
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
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise BadInputError(f"{file}: not a replay manifest: {where}: {first['msg']}") from error

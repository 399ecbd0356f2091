"""The configuration file of a training: TOML, checked against the settings that it may have."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from facings.errors import SettingsError
from facings.faults import faults

Settings = TypeVar("Settings", bound=BaseModel)


def read_configuration(path: Path, kind: type[Settings]) -> Settings:
    """The settings in `path`; relative paths in it count from the working folder.

    Raises:
        SettingsError: the file cannot be read, or settings are wrong; the text names each.
    """
    try:
        return kind.model_validate(read_toml(path))
    except ValidationError as error:
        raise SettingsError(f"{path}: {'; '.join(faults(error))}.") from error


def read_toml(path: Path) -> dict[str, Any]:
    """What stands in a TOML file.

    Raises:
        SettingsError: it cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is no TOML: {error}.") from error

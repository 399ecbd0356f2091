"""Base of all settings: a TOML file, overridden by environment variables, refused when a key is unknown."""

from __future__ import annotations

import difflib
import os
import tomllib
from pathlib import Path
from typing import Any, Self, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from facings.errors import SettingsError


class Settings(BaseModel):
    """Settings of one program.

    Every key can be set in the file, or by an environment variable of the form PREFIX_KEY or PREFIX_SECTION__KEY,
    which wins. An unknown key is an error which names the nearest known one: no typo goes unnoticed on a cooler.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def load(cls, file: Path | None, *, env_prefix: str, overrides: dict[str, Any] | None = None) -> Self:
        """Read the file, then the environment, then `overrides` (None values are passed over).

        Raises:
            SettingsError: the file is absent or no TOML, a key is unknown or a value does not fit.
        """
        values = _read_toml(file) if file else {}
        for path, text in _from_environment(env_prefix):
            _put(values, path, text)
        values.update({key: value for key, value in (overrides or {}).items() if value is not None})
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise SettingsError(_complaint(cls, error, file, values)) from error


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(f"there is no settings file {file}") from error
    except OSError as error:
        raise SettingsError(f"the settings file {file} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} is not TOML: {error}") from error


def _from_environment(prefix: str) -> list[tuple[list[str], str]]:
    start = f"{prefix}_"
    return [
        (name.removeprefix(start).lower().split("__"), text)
        for name, text in sorted(os.environ.items())
        if name.startswith(start)
    ]


def _put(values: dict[str, Any], path: list[str], text: str) -> None:
    for section in path[:-1]:
        values = values.setdefault(section, {})
        if isinstance(values, list):
            raise SettingsError(f"there are several {section!r}: change them in the file, not in the environment")
        if not isinstance(values, dict):
            raise SettingsError(f"{section!r} is no section of the settings")
    values[path[-1]] = text


def _complaint(model: type[BaseModel], error: ValidationError, file: Path | None, values: dict[str, Any]) -> str:
    first = error.errors()[0]
    place = _as_written(first["loc"], values)
    where = f"{file}: " if file else ""
    if first["type"] != "extra_forbidden":
        return f"{where}setting {'.'.join(place)!r}: {first['msg']}"
    near = difflib.get_close_matches(place[-1], _known_keys(model, place[:-1]), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"{where}there is no setting {'.'.join(place)!r}{hint}"


def _as_written(loc: tuple[int | str, ...], values: Any) -> list[str]:
    """The place of an error as the file has it: a section that stands alone has no number."""
    place = []
    for part in loc:
        if isinstance(part, int) and isinstance(values, dict):
            continue
        place.append(str(part + 1) if isinstance(part, int) else part)
        try:
            values = values[part]
        except (KeyError, IndexError, TypeError):
            values = None
    return place


def _known_keys(model: type[BaseModel], path: list[str]) -> list[str]:
    for part in path:
        if part.isdecimal():  # one of several sections of a name
            continue
        field = model.model_fields.get(part)
        kinds = (field.annotation, *get_args(field.annotation)) if field else ()
        sections = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        if not sections:
            return []
        model = sections[0]
    return list(model.model_fields)

"""`Source`: a public set that can be fetched, as a registry file describes it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from datasets.sets.formats import Format
from datasets.sets.names import name_in_set
from facings.errors import BadInputError
from facings.faults import described
from facings.ids import Slug

OUR_REGISTRY = Path(__file__).with_name("sources.toml")


class Archive(BaseModel):
    """One file to download; without a checksum, the first one seen is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[str, Field(pattern=r"^https?://[^\s]+$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    bytes: Annotated[int, Field(gt=0)] | None = None


class Source(BaseModel):
    """A set: what it shows, where its archives are, under which licence, and how it is labelled.

    `folder` is where in the unpacked archives the set lies; empty: at their top.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    description: str = ""
    archives: Annotated[tuple[Archive, ...], Field(min_length=1)]
    licence: Annotated[str, Field(min_length=1)]
    licence_url: str = ""
    attribution: str = ""
    format: Format = Format.AUTO
    folder: Annotated[str, AfterValidator(lambda name: name_in_set(name) if name else name)] = ""


_REGISTRY = TypeAdapter(dict[Slug, Source])


def read_registry(file: Path = OUR_REGISTRY) -> dict[str, Source]:
    """The sources of a registry file (TOML), by name.

    Raises:
        BadInputError: the file cannot be read, or an entry lacks something; the text names it.
    """
    try:
        return _REGISTRY.validate_python(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise BadInputError(f"{file}: cannot read the registry ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInputError(f"{file}: not TOML: {error}") from error
    except ValidationError as error:
        raise BadInputError(f"{file}: {described(error)}") from error


def source_named(name: str, registry: dict[str, Source]) -> Source:
    """The source of this name.

    Raises:
        BadInputError: there is none; the text lists those there are.
    """
    if name not in registry:
        raise BadInputError(f"no set is called {name!r}; known are {', '.join(sorted(registry))}")
    return registry[name]

"""JSON Schema of every message: exported to docs/schemas, and held there once published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from facings.errors import BadInputError
from facings.files import write_atomic
from facings.messages import MESSAGES, Message

app = typer.Typer(help="The JSON Schema of every message.", no_args_is_help=True)


@app.callback()
def schema() -> None:
    """The JSON Schema of every message."""


def file_name(message: type[Message]) -> str:
    """Name of the schema's file: `facings/observation/1` is in `observation-1.json`."""
    _, kind, version = message.SCHEMA.split("/")
    return f"{kind}-{version}.json"


def schema_text(message: type[Message]) -> str:
    """The JSON Schema (draft 2020-12) of a message, as it is published."""
    document = message.model_json_schema(by_alias=True, mode="validation")
    document["properties"]["schema"] = {"const": message.SCHEMA}
    document["required"] = sorted({*document.get("required", []), "schema"})
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": message.SCHEMA, **document}
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def changed_schemas(directory: Path) -> list[str]:
    """Published schemas which the code no longer agrees with: a change that needs a new version number."""
    return [
        message.SCHEMA
        for message in MESSAGES
        if (file := directory / file_name(message)).exists()
        and file.read_text(encoding="utf-8") != schema_text(message)
    ]


@app.command()
def export(out: Annotated[Path, typer.Argument(help="folder of the published schemas")] = Path("docs/schemas")) -> None:
    """Write the schemas not published yet. A published one never changes: give the message a new version."""
    if changed := changed_schemas(out):
        raise BadInputError(f"published already, but the code differs: {', '.join(changed)}; raise the version number")
    for message in MESSAGES:
        target = out / file_name(message)
        if not target.exists():
            write_atomic(target, schema_text(message))
            typer.echo(f"published {message.SCHEMA}")

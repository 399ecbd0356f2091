"""The reference of the command line: `make docs` writes docs/cli.md from the commands' own help."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner

from facings.cli import app

FILE = Path(__file__).parents[2] / "docs" / "cli.md"
WIDTH = 100


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every command that does something, in the order of the help."""
    context = typer.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if hasattr(command, "list_commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


def help_of(path: tuple[str, ...]) -> str:
    """What `facings ... --help` prints, without trailing blanks."""
    environment = {"COLUMNS": str(WIDTH), "TERM": "dumb", "NO_COLOR": "1"}
    printed = CliRunner().invoke(app, [*path, "--help"], prog_name="facings", env=environment).output
    return "\n".join(line.rstrip() for line in printed.strip("\n").splitlines())


def reference() -> str:
    """The whole page."""
    paths = list(commands(typer.main.get_command(app)))
    origin = "Made from the commands' own `--help` by `make docs`; a test holds it up to date."
    parts = ["# The command line", "", origin]
    for path in paths:
        parts += ["", f"## facings {' '.join(path)}", "", "```text", help_of(path), "```"]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    FILE.write_text(reference(), encoding="utf-8")

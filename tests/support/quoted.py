"""What the guides quote to be typed: commands with their options, modules, make targets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer

from facings.cli import app

_BLOCK = re.compile(r"^```(?:sh|console)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`((?:\.venv/bin/)?facings [a-z][^`]*)`")
_IN_BLOCK = re.compile(r"^\s*(?:\$ )?((?:\.venv/bin/)?facings [a-z].*)$", re.MULTILINE)
_OPTION = re.compile(r"(?<=\s)--?[a-z][\w-]*")
_MODULE = re.compile(r"python -m ([a-z_]+(?:\.[a-z_0-9]+)+)")
_TARGET = re.compile(r"(?:`|^\s*)make ([a-z][a-z-]*)", re.MULTILINE)


def commands(text: str) -> Iterator[str]:
    """The lines of a page that call `facings`, each as one line, without comments and pipes."""
    blocks = "\n".join(_BLOCK.findall(text)).replace("\\\n", " ")
    for quoted in (*_IN_BLOCK.findall(blocks), *_INLINE.findall(_BLOCK.sub("", text))):
        yield " ".join(re.split(r"\s#|[|>;]", quoted)[0].removeprefix(".venv/bin/").split())


def modules(text: str) -> set[str]:
    """The modules that a page runs."""
    return set(_MODULE.findall(text))


def targets(text: str) -> set[str]:
    """The make targets that a page names as code."""
    return set(_TARGET.findall("\n".join((*_BLOCK.findall(text), *re.findall(r"`make [^`]*", text)))))


def fault(command: str) -> str:
    """What is wrong with a quoted command: a command or an option that is not there; empty where nothing is."""
    found: Any = typer.main.get_command(app)
    words = command.split()[1:]
    while words and not words[0].startswith("-") and hasattr(found, "get_command"):
        inner = found.get_command(typer.Context(found), words[0])
        if inner is None:
            return f"there is no {words[0]!r} in {command!r}"
        found, words = inner, words[1:]
    known = {option for param in found.params for option in (*param.opts, *param.secondary_opts)} | {"--help"}
    strange = [option for option in _OPTION.findall(f" {' '.join(words)}") if option not in known]
    return f"there is no {', '.join(strange)} in {command!r}" if strange else ""

"""Reads scenario files; every complaint names the line and the field."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from facings.errors import BadInputError
from firmware_sim.scenario.model import Scenario
from firmware_sim.scenario.steps import KINDS

MOST_COMPLAINTS = 10
MAX_BYTES = 1_000_000


def read_scenario(file: Path) -> Scenario:
    """The scenario in a YAML file; relative paths in it are relative to the working folder.

    Raises:
        BadInputError: it cannot be read, is no YAML, or no scenario; the text names lines, fields and what is known.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{file}: cannot read the scenario ({error})") from error
    return parse_scenario(text, str(file))


def parse_scenario(text: str, name: str) -> Scenario:
    """The scenario in `text`; `name` stands before each complaint.

    Raises:
        BadInputError: no YAML, or no scenario.
    """
    tree = _tree(text, name)
    try:
        return Scenario.model_validate(yaml.safe_load(text))
    except ValidationError as error:
        errors = error.errors(include_url=False)
        lines = sorted({_in_words(item, tree, name) for item in errors}, key=_line_of)
        shown = lines[:MOST_COMPLAINTS]
        if len(lines) > len(shown):
            shown.append(f"and {len(lines) - len(shown)} more")
        raise BadInputError("\n".join(shown)) from error


def _tree(text: str, name: str) -> yaml.MappingNode:
    """The file's nodes, which know their lines."""
    if len(text) > MAX_BYTES:
        raise BadInputError(f"{name}: a scenario has at most {MAX_BYTES:,} characters")
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise BadInputError(f"{name}{where}: not YAML: {getattr(error, 'problem', error)}") from error
    if not isinstance(tree, yaml.MappingNode):
        raise BadInputError(f"{name}: a scenario is a mapping with keys such as `coolers` and `timeline`")
    for twice in _repeated_keys(tree):
        raise BadInputError(f"{name}, line {twice.start_mark.line + 1}: {twice.value!r} is there twice")
    return tree


def _repeated_keys(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """Keys that YAML would silently let overwrite one another."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated_keys(item)
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                yield key
            seen.add(key.value)
            yield from _repeated_keys(value)


def _in_words(error: ErrorDetails, tree: yaml.MappingNode, name: str) -> str:
    about_fault = error["type"].startswith("union_tag")
    line, path, missing = _find(tree, (*error["loc"], "fault") if about_fault else error["loc"])
    field = ".".join([*path, *missing]) or "the file"
    return f"{name}, line {line}: {field}: {_problem(error, missing)}"


def _problem(error: ErrorDetails, missing: Sequence[str]) -> str:
    if error["type"] == "union_tag_invalid":
        return _unknown_fault(str(error["ctx"]["tag"]))
    if error["type"] == "union_tag_not_found":
        return f"`fault` is missing; known are {', '.join(KINDS)}"
    if error["type"] == "extra_forbidden":
        return "there is no such key here"
    if error["type"] == "missing":
        return f"`{missing[-1] if missing else error['loc'][-1]}` is missing"
    return error["msg"].removeprefix("Value error, ")


def _unknown_fault(name: str) -> str:
    near = difflib.get_close_matches(name, KINDS, n=1)
    hint = f" did you mean {near[0]!r}?" if near else ""
    return f"there is no fault {name!r};{hint} known are {', '.join(KINDS)}"


def _find(node: yaml.Node, loc: Sequence[int | str]) -> tuple[int, list[str], list[str]]:
    """The line of what `loc` names, its path in the file, and what of the path is not in the file.

    pydantic's `loc` also holds the tag of a union, which is a value and no key of the file: it is passed over.
    """
    line, path, missing = node.start_mark.line + 1, [], []
    for part in loc:
        found = _child(node, part)
        if found is None:
            missing += [] if part in KINDS else [str(part)]
            continue
        line, node = found
        path.append(str(part))
    return line, path, missing


def _child(node: yaml.Node, part: Any) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        child = node.value[part]
        return child.start_mark.line + 1, child
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key.start_mark.line + 1, value
    return None


def _line_of(complaint: str) -> int:
    return int(complaint.rpartition(", line ")[2].partition(":")[0])

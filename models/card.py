"""`facings models card`: the parts of a model's card that its manifest knows, written anew from it.

A card is prose around two marked parts: what the model learned from, and its figures with the commands that measure
them. The marks stay in the card, so the parts can be renewed and checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from edge.vision.manifest import Manifest, MetricSpec, read_manifest
from facings.errors import BadInputError
from facings.files import write_atomic
from models.turns import alone_in

CARD_NAME = "card.md"

_PART = re.compile(r"<!-- manifest: (\w+) -->\n.*?<!-- end -->", re.DOTALL)


def card(
    folder: Annotated[Path, typer.Argument(help="Folder of a model, such as models/zoo/product-detector.")],
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail where the card is out of date.")] = False,
) -> None:
    """Write the sources and figures of a model's manifest into its card."""
    path = folder / CARD_NAME
    if check:
        now = _read(path)
        if renew(now, read_manifest(folder)) != now:
            raise BadInputError(f"{path} is out of date: write it anew with `facings models card {folder}`.")
        return
    with alone_in(folder):
        renewed = renew(_read(path), read_manifest(folder))
        write_atomic(path, renewed.encode())
    typer.echo(f"{path}: {len(_PART.findall(renewed))} parts from the manifest")


def renew(text: str, manifest: Manifest) -> str:
    """The card `text` with its marked parts as the manifest has them.

    Raises:
        BadInputError: the card has no marked part, or one that nobody knows.
    """
    parts = {"sources": "\n".join(_sources(manifest)), "figures": "\n".join(_figures(manifest))}
    names = _PART.findall(text)
    if not names or set(names) - set(parts):
        marks = " and ".join(f"'<!-- manifest: {name} -->' ... '<!-- end -->'" for name in parts)
        raise BadInputError(f"The card must mark where its parts go: {marks}, each mark on a line of its own.")
    return _PART.sub(lambda mark: f"<!-- manifest: {mark[1]} -->\n{parts[mark[1]]}\n<!-- end -->", text)


def _sources(manifest: Manifest) -> Iterator[str]:
    yield "| source | licence | role |"
    yield "|---|---|---|"
    for source in manifest.sources:
        name = f"[{source.name}]({source.url})" if source.url.startswith("http") else f"{source.name}, `{source.url}`"
        yield f"| {name} | {source.licence} | {source.role} |"


def _figures(manifest: Manifest) -> Iterator[str]:
    """One table of photos and figures, and under it the command of each row."""
    names = list(dict.fromkeys(metric.name for metric in manifest.metrics))
    photos = list(dict.fromkeys(metric.photos for metric in manifest.metrics))
    of: dict[tuple[str, str], MetricSpec] = {(metric.photos, metric.name): metric for metric in manifest.metrics}
    yield f"| photos | {' | '.join(f'`{name}`' for name in names)} |"
    yield f"|---|{'---|' * len(names)}"
    for each in photos:
        yield f"| {each} | {' | '.join(_value(of.get((each, n))) for n in names)} |"
    yield ""
    for command in dict.fromkeys(metric.command for metric in manifest.metrics):
        yield f"    {command}"


def _value(metric: MetricSpec | None) -> str:
    return "" if metric is None else f"{metric.value:.3f}".removesuffix(".000")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInputError(f"The card {path} cannot be read ({error.strerror}).") from error

"""`check_path`: everything that is wrong with a replay set or a set of labelled photos, at once."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from datasets.replay import check_entry
from datasets.sets.duplicates import NEAR_BITS, duplicate_findings, readable
from datasets.sets.faults import Finding, set_faults
from datasets.sets.formats import Format, format_of, read_set
from datasets.sets.leaks import held_out, leak_findings
from datasets.sets.statistics import statistics_of
from facings.errors import BadInputError
from facings.replay import REPLAY_FILE, read_manifest


@dataclass(frozen=True)
class Report:
    """What a check found.

    Attributes:
        kind: what was checked.
        findings: what has to be put right; none: all is well.
        statistics: counts, as JSON.
    """

    path: Path
    kind: Literal["replay", "set"]
    findings: tuple[Finding, ...] = ()
    statistics: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The report as JSON."""
        return asdict(self) | {"path": str(self.path)}


def check_path(path: Path, form: Format = Format.AUTO, near_bits: int = NEAR_BITS) -> list[Report]:
    """A report for each replay set in or below `path`, or one for the set of labelled photos that it is.

    Raises:
        BadInputError: there is nothing of either kind.
    """
    if not path.exists():
        raise BadInputError(f"{path}: there is no such file or folder")
    manifests = [path] if path.name == REPLAY_FILE else sorted(path.rglob(REPLAY_FILE))
    if manifests and form is Format.AUTO:
        return [check_replay_set(file) for file in manifests]
    return [check_set(path, form, near_bits)]


def check_replay_set(manifest: Path) -> Report:
    """Reads a manifest and every file that it names."""
    try:
        read = read_manifest(manifest)
    except BadInputError as error:
        return Report(manifest, "replay", (Finding("broken-manifest", str(error)),))
    findings = tuple(
        Finding("wrong-file", text) for entry in read.entries for text in check_entry(manifest.parent, entry)
    )
    counts = {
        "cooler": read.cooler,
        "version": read.version,
        "photos": len(read.entries),
        "labels": sum(entry.labels is not None for entry in read.entries),
        "truths": sum(entry.truth is not None for entry in read.entries),
    }
    return Report(manifest, "replay", findings, counts)


def check_set(path: Path, form: Format = Format.AUTO, near_bits: int = NEAR_BITS) -> Report:
    """Reads a set of labelled photos, every photo and every box of it.

    Raises:
        BadInputError: it cannot be told what this is.
    """
    form = format_of(path) if form is Format.AUTO else form
    try:
        labelled = read_set(path, form)
        meant = held_out(labelled, path if path.is_dir() else path.parent)
    except BadInputError as error:
        return Report(path, "set", (Finding("unreadable", str(error)),))
    findings = [
        *set_faults(labelled),
        *duplicate_findings(readable(labelled.images), near_bits),
        *leak_findings(labelled, meant),
    ]
    return Report(path, "set", tuple(findings), statistics_of(labelled))

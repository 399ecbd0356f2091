"""The rules of the house: imports, types, lint, what an install on a cooler may bring."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

import pytest

TOOLS = {
    "imports": ["lint-imports"],
    "types": ["mypy"],
    "lint": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
}


@pytest.mark.parametrize("command", TOOLS.values(), ids=TOOLS)
def test_the_tools_have_nothing_to_say(command: list[str], root: Path) -> None:
    tool = Path(sys.executable).parent / command[0]
    done = subprocess.run([tool, *command[1:]], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


NOT_ON_A_COOLER = {"torch", "torchvision", "ultralytics", "fastapi", "sqlalchemy", "chdb", "opencv-python"}


def _needs(package: str, extra: str | None = None) -> set[str]:
    """Names of what `package` requires, directly; with `extra`, also what that extra adds."""
    names = set()
    for line in requires(package) or []:
        requirement, _, marker = line.partition(";")
        wanted = re.search(r"extra == ['\"]([^'\"]+)['\"]", marker)
        if wanted and wanted.group(1) != extra:
            continue
        names.add(re.split(r"[\s\[<>=~!(]", requirement.strip())[0].lower().replace("_", "-"))
    return names


def test_the_edge_install_brings_no_cloud_and_no_trainer() -> None:
    seen: set[str] = set()
    waiting = _needs("facings", "edge")
    while waiting:
        package = waiting.pop()
        if package not in seen:
            seen.add(package)
            waiting |= _needs_if_installed(package)
    assert not seen & NOT_ON_A_COOLER


def _needs_if_installed(package: str) -> set[str]:
    try:
        return _needs(package)
    except ModuleNotFoundError:  # only for another platform, as colorama on Windows
        return set()


def test_the_daemon_starts_without_the_clouds_libraries() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, edge.cli, edge.vision.cli; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not set(loaded) & {"torch", "fastapi", "sqlalchemy", "chdb", "cloud", "models", "datasets", "firmware_sim"}

"""The guides: every link leads somewhere, every command can be given, and what is made from the code is up to date."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support import cli_docs, quoted

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def _pages(root: Path) -> list[Path]:
    return [root / "README.md", *sorted((root / "docs").rglob("*.md")), *sorted((root / "models").rglob("*.md"))]


def test_every_link_leads_somewhere(root: Path) -> None:
    broken = [
        f"{page.relative_to(root)}: {target}"
        for page in _pages(root)
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert not broken


def test_every_command_is_there_with_its_options(root: Path) -> None:
    faults = {
        f"{page.relative_to(root)}: {fault}"
        for page in _pages(root)
        for command in quoted.commands(page.read_text(encoding="utf-8"))
        if (fault := quoted.fault(command))
    }
    assert not faults


def test_every_module_and_task_is_there(root: Path) -> None:
    tasks = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in _pages(root):
        text = page.read_text(encoding="utf-8")
        places = {module: root / module.replace(".", "/") for module in quoted.modules(text)}
        assert not {name for name, at in places.items() if not (at.with_suffix(".py").exists() or at.is_dir())}, page
        assert quoted.targets(text) <= tasks, page


def test_the_reference_of_the_command_line_is_up_to_date() -> None:
    assert cli_docs.FILE.read_text(encoding="utf-8") == cli_docs.reference(), "make docs"


def test_the_start_page_names_every_guide(root: Path) -> None:
    start = (root / "docs" / "README.md").read_text(encoding="utf-8")
    guides = {page.name for page in (root / "docs").glob("*.md")} - {"README.md"}
    assert not {name for name in guides if f"({name})" not in start}

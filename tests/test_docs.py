"""The guides: every link leads somewhere, and what is made from the code is up to date."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support import cli_docs

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


def test_the_reference_of_the_command_line_is_up_to_date() -> None:
    assert cli_docs.FILE.read_text(encoding="utf-8") == cli_docs.reference(), "make docs"


def test_the_start_page_names_every_guide(root: Path) -> None:
    start = (root / "docs" / "README.md").read_text(encoding="utf-8")
    guides = {page.name for page in (root / "docs").glob("*.md")} - {"README.md"}
    assert not {name for name in guides if f"({name})" not in start}

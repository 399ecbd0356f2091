"""Fixtures that every folder of tests shares."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def _shared_data() -> Path:
    return Path(os.environ.get("FACINGS_DATA", ROOT.parent / "shared" / "data"))


def pytest_configure() -> None:
    """Allow as many open files as the system lets us: each in-process ClickHouse keeps some until the worker ends."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the tests on real photos where there are none; in CI, or where $FACINGS_DATA names them, they fail."""
    if _shared_data().is_dir() or os.environ.get("CI") == "true" or "FACINGS_DATA" in os.environ:
        return
    reason = f"no real photos at {_shared_data()}: set FACINGS_DATA to run these tests"
    for item in items:
        if item.get_closest_marker("real_photos"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real photos and their labels."""
    folder = _shared_data()
    assert folder.is_dir(), f"no real photos at {folder}: put them there or set FACINGS_DATA"
    return folder

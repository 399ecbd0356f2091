"""Fixtures of the cloud's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cloud.services import Services
from tests.support.cloud import running_services


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    """Records, facts and photos on fresh files; no broker, no tenant."""
    with running_services(tmp_path / "cloud") as running:
        yield running

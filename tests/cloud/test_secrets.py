"""Secrets that an installation makes for itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cloud import settings
from cloud.settings import kept_secret


def test_of_two_that_need_a_secret_first_both_have_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    @contextmanager
    def another_is_faster() -> Iterator[None]:
        monkeypatch.undo()
        made.append(kept_secret(tmp_path, "gallery-acme"))
        yield

    monkeypatch.setattr(settings, "_MAKING_SECRETS", another_is_faster())
    assert [kept_secret(tmp_path, "gallery-acme")] == made
    assert kept_secret(tmp_path, "gallery-acme") == made[0]

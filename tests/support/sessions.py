"""Stands where a model's session does, and answers as a test wants."""

from __future__ import annotations

from types import SimpleNamespace


class TakesNumbers:
    """A session whose model takes normalised numbers."""

    def get_inputs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(type="tensor(float)")]

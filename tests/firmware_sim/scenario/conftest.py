"""The small replay of the device tests."""

from __future__ import annotations

from tests.firmware_sim.device.conftest import replay

__all__ = ["replay"]

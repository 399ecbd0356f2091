"""The alarms of a cooler's controller."""

from __future__ import annotations

from dataclasses import dataclass

TOO_WARM_K = 6.0
"""Above the set point."""

TOO_WARM_FOR_S = 1_800.0
"""A refill or a busy hour warms the air for a while; only what lasts is an alarm."""


@dataclass
class Alarms:
    """What is wrong. `high_temperature` stays until acknowledged, so that a warm night is not missed; the others go
    with their cause.
    """

    high_temperature: bool = False
    sensor_failure: bool = False
    door_ajar: bool = False
    _warm_s: float = 0.0

    def watch(
        self, measured_c: float | None, set_point_c: float, *, sensor_failed: bool, door_ajar: bool, seconds: float
    ) -> None:
        """Judge the state after `seconds` more."""
        too_warm = measured_c is not None and measured_c > set_point_c + TOO_WARM_K
        self._warm_s = self._warm_s + seconds if too_warm else 0.0
        self.high_temperature = self.high_temperature or self._warm_s >= TOO_WARM_FOR_S
        self.sensor_failure = sensor_failed
        self.door_ajar = door_ajar

    def acknowledge(self) -> None:
        """Clear what is no longer the case."""
        if self._warm_s == 0.0:
            self.high_temperature = False

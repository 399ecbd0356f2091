"""What a cooler's controller switches: the compressor by hysteresis, the defrost heater by the clock."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

HYSTERESIS_K = 1.5
"""The compressor starts this far above the set point and stops this far below."""

REST_S = 120.0
"""A compressor rests this long before it starts again: the pressures must even out."""

BLIND_CYCLE_S = 900.0
BLIND_DUTY = 0.4
"""Without its sensor the controller runs the compressor by the clock, so that nothing freezes or spoils."""

DEFROSTED_C = 5.0
LONGEST_DEFROST_S = 1_800.0
HOUR_S = 3_600.0


@dataclass
class Compressor:
    """Starts and stops; `duty` is its share of the last hour."""

    running: bool = False
    _rested_s: float = REST_S
    _blind_s: float = 0.0
    _hour: deque[tuple[float, bool]] = field(default_factory=deque)
    _hour_s: float = 0.0
    _ran_s: float = 0.0

    @property
    def duty(self) -> float:
        """Percent of the last hour that it ran."""
        return 100.0 * self._ran_s / self._hour_s if self._hour_s else 0.0

    def decide(self, measured_c: float | None, set_point_c: float, allowed: bool) -> None:
        """Start or stop for the temperature measured; `allowed` is False during a defrost."""
        wanted = self._wanted(measured_c, set_point_c) and allowed
        if self.running and not wanted:
            self.running, self._rested_s = False, 0.0
        elif wanted and self._rested_s >= REST_S:
            self.running = True

    def pass_time(self, seconds: float) -> None:
        """Let `seconds` go by."""
        self._blind_s = (self._blind_s + seconds) % BLIND_CYCLE_S
        self._rested_s += 0.0 if self.running else seconds
        self._hour.append((seconds, self.running))
        self._hour_s += seconds
        self._ran_s += seconds * self.running
        while self._hour_s > HOUR_S:
            past_s, ran = self._hour.popleft()
            self._hour_s -= past_s
            self._ran_s -= past_s * ran

    def _wanted(self, measured_c: float | None, set_point_c: float) -> bool:
        if measured_c is None:
            return self._blind_s < BLIND_CYCLE_S * BLIND_DUTY
        if self.running:
            return measured_c > set_point_c - HYSTERESIS_K
        return measured_c >= set_point_c + HYSTERESIS_K


@dataclass
class Defrost:
    """Heats the evaporator every so often until it is free of ice."""

    active: bool = False
    _since_s: float = 0.0

    def begin(self) -> None:
        """Defrost now."""
        self.active, self._since_s = True, 0.0

    def decide(self, evaporator_c: float | None, interval_s: float) -> None:
        """Begin when it is time, end when the evaporator is warm or it has taken too long."""
        if self.active:
            warm = evaporator_c is not None and evaporator_c >= DEFROSTED_C
            if warm or self._since_s >= LONGEST_DEFROST_S:
                self.active, self._since_s = False, 0.0
        elif self._since_s >= interval_s:
            self.begin()

    def pass_time(self, seconds: float) -> None:
        """Let `seconds` go by."""
        self._since_s += seconds

"""Background work makes room while much comes in."""

import pytest

from cloud.audits import pace
from cloud.audits.pace import SLOWER, Pace


@pytest.mark.parametrize(("later_s", "factor"), [(0.0, SLOWER), (1.9, SLOWER), (2.0, 1.0), (60.0, 1.0)])
def test_work_rests_longer_for_a_while(monkeypatch: pytest.MonkeyPatch, later_s: float, factor: float) -> None:
    now = [1000.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: now[0])
    kept = Pace()
    assert kept.rest(3.0) == 3.0
    kept.slow_down(2.0)
    now[0] += later_s
    assert kept.rest(3.0) == 3.0 * factor

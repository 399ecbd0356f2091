"""Do the intervals of a promotion's effect and ROI cover the truth? Simulated promotions, half of them without effect.

Run it with `python -m bench.promo [promotions]`; it prints JSON. Targets: 90% intervals cover between 85% and 95%, at
most 10% of the promotions without effect are called a success.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bench.parts.running import Count, run
from bench.parts.saying import say
from cloud.analytics.promo.answer import Ranged, Verdict
from cloud.analytics.promo.study import PromotionStudy
from tests.support.promotions import Market, Simulated, simulate

PROMOTIONS = 200
MARKETS: dict[str, Market] = {
    "90 outlets, 30 promoted": Market(),
    "60 outlets, 8 promoted": Market(outlets=60, promoted=8, cost=40.0),
    "strong shocks by region and outlet": Market(region_shock=0.25, outlet_shock=0.2),
}


@dataclass
class Score:
    """Of the promotions of one market."""

    covered: dict[str, list[bool]] = field(default_factory=dict)
    error: dict[str, list[float]] = field(default_factory=dict)
    verdicts: list[Verdict] = field(default_factory=list)
    without_interval: int = 0

    def add(self, name: str, interval: tuple[float | None, float | None], value: float, truth: float) -> None:
        """Count one estimate and its interval against the truth."""
        low, high = interval
        if low is None or high is None:  # too few units for this estimator; it said so
            self.without_interval += 1
            return
        self.covered.setdefault(name, []).append(low <= truth <= high)
        self.error.setdefault(name, []).append(value - truth)

    def summary(self) -> dict[str, Any]:
        """What they come to."""
        counts = {word: self.verdicts.count(word) for word in dict.fromkeys(self.verdicts)}
        return {
            "promotions": len(self.verdicts),
            "coverage": {name: round(float(np.mean(hits)), 3) for name, hits in self.covered.items()},
            "bias": {name: round(float(np.mean(errors)), 4) for name, errors in self.error.items()},
            "rmse": {name: round(float(np.sqrt(np.mean(np.square(errors)))), 4) for name, errors in self.error.items()},
            "estimates_without_interval": self.without_interval,
            "verdicts": counts,
            "called_a_success": round(counts.get("success", 0) / len(self.verdicts), 3),
        }


def judge(simulated: Simulated, score: Score, study: PromotionStudy) -> None:
    """Study one promotion and note how it went."""
    answer = study.answer(simulated.sell_out, simulated.promotion)
    roi: Ranged = answer.roi.roi
    score.add("roi", (roi.low, roi.high), roi.value, simulated.roi)
    net = answer.units["net"]
    score.add("net_units", (net.low, net.high), net.value, simulated.net_units)
    for name, effect in (("did", answer.direct), *answer.others.items()):
        score.add(name, (effect.low, effect.high), effect.effect, simulated.effect(answer.unmatched))
    score.verdicts.append(answer.verdict)


def scores(market: Market, promotions: int, study: PromotionStudy, seed: int = 0) -> dict[str, dict[str, Any]]:
    """Half of the promotions with the market's effect, half without any."""
    found = {}
    idle = replace(market, lift=0.0, dip=0.0, taken=0.0)
    for name, one in (("with effect", market), ("without effect", idle)):
        score = Score()
        for number in range(promotions // 2):
            judge(simulate(one, seed + number), score, study)
        found[name] = score.summary()
    return found


def main(promotions: Count = PROMOTIONS) -> None:
    """Measure and print."""
    began = time.perf_counter()
    result: dict[str, Any] = {"level": PromotionStudy().level}
    result["markets"] = {name: scores(market, promotions, PromotionStudy()) for name, market in MARKETS.items()}
    result["seconds"] = round(time.perf_counter() - began)
    say(result)


if __name__ == "__main__":
    run(main)

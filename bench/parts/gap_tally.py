"""What vision tells of lanes in which it sees nothing: a gap or not, and how sure it is of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from edge.vision.reading import ReadingGap

Box = tuple[float, float, float, float]
"""x1, y1, x2, y2."""

SHARED = 0.3
"""Part of the lower of two heights that a gap and a lane must share."""
DEPTHS = 4
"""Empty places before a lane's first unit that are told apart; more count with the last."""


class GapTally:
    """Lanes that are empty, lanes whose first unit was not seen, and gaps where neither is.

    A gap may be as wide as several lanes: it tells of each whose middle it covers.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.confidence: dict[str, list[float]] = {"gap": [], "gap_where_missed": [], "gap_false": []}

    def add(self, truth: dict[str, Any], gaps: Sequence[ReadingGap], seen: set[int]) -> None:
        """One scene; `seen` are the numbers of its units that were found."""
        width, height = truth["width"], truth["height"]
        boxes = [(x1 * width, y1 * height, x2 * width, y2 * height) for x1, y1, x2, y2 in (gap.box for gap in gaps)]
        fronts = {(gap["row"], gap["column"]): gap["box"] for gap in truth["gaps"]}
        telling: set[int] = set()
        for gap in truth["gaps"]:
            if gap["empty"]:
                telling |= self._lane("gaps", "gap", gap["box"], boxes, gaps)
        for number, unit in enumerate(truth["units"]):
            if unit["front"] and unit["level"] == 0 and number not in seen:
                box = fronts.get((unit["row"], unit["column"]), unit["full_box"])
                depth = min(unit["depth"], DEPTHS - 1)
                telling |= self._lane(f"missed {depth}", "gap_where_missed", box, boxes, gaps)
        for number in set(range(len(gaps))) - telling:
            self.counts["gaps false"] += 1
            self.confidence["gap_false"].append(gaps[number].confidence)

    def _lane(self, what: str, kind: str, lane: Box, boxes: Sequence[Box], gaps: Sequence[ReadingGap]) -> set[int]:
        """Note a lane in which no product is seen; the gaps that tell of it."""
        telling = {number for number, box in enumerate(boxes) if covers(box, lane)}
        self.counts[what] += 1
        if telling:
            self.counts[f"{what} seen"] += 1
            self.confidence[kind].append(max(gaps[number].confidence for number in telling))
        return telling


def covers(gap: Box, lane: Box) -> bool:
    """Whether a gap tells of a lane: it covers its middle, on its shelf."""
    shared = min(gap[3], lane[3]) - max(gap[1], lane[1])
    lower = min(gap[3] - gap[1], lane[3] - lane[1])
    return gap[0] < (lane[0] + lane[2]) / 2 < gap[2] and shared > SHARED * lower


def deciles(values: Sequence[float]) -> list[float]:
    """The least, the nine deciles and the greatest; of none at all, zeros."""
    return [round(float(one), 4) for one in np.quantile(values or [0.0], np.linspace(0, 1, 11))]

"""What the lanes of each cooler take, by the planogram that it follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.outlets.models import Cooler, Planogram

Lanes = Mapping[str, Sequence[int]]
"""By SKU, how many units stand behind one another in each of its lanes."""


def lanes_of(plan: Planogram) -> Lanes:
    """The lanes of a planogram, by SKU."""
    lanes: dict[str, list[int]] = defaultdict(list)
    for row in plan.rows:
        for lane in row:
            lanes[lane["sku"]].append(lane["depth"])
    return lanes


def cooler_lanes(session: Session) -> Mapping[str, Lanes]:
    """The lanes of each cooler of the session's tenant; none where it follows no planogram."""
    plans = {plan.id: lanes_of(plan) for plan in session.scalars(select(Planogram))}
    return {row.id: plans.get(row.planogram_id or 0, {}) for row in session.scalars(select(Cooler))}

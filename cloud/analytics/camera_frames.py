"""How the photos of several cameras lie over their cooler's planogram, for when only some of them give a photo.

What the others show is then a part: its rows are numbered from its own first one, and nothing in it tells where the
shelf ends. But cameras stay where they are. So the last photos that showed the whole cooler tell, of each camera, at
which height of its photo a row stands and where in it a lane begins, and which lanes are seen by which camera. Lanes
that only cameras without a photo show are not seen, and nothing follows for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

from cloud.analytics.places import EMPTY, MOSTLY, NOTHING, UNSEEN, InPhoto, Laid, Places, Shown, Sight
from cloud.analytics.row_fit import Place, Thing, spread

Line = tuple[float, float]
"""Slope, and value at 0."""

LEAST = 2
"""Things that a camera must show of a row, for the row to be found on its photos."""
OFF = 0.5
"""What stands farther from a row's foot than so much of its own height stands in another row."""


@dataclass(frozen=True, slots=True)
class RowInPhoto:
    """A row of the planogram on the photos of one camera: its foot, and how far across the row something is, by where
    it stands in the photo from left to right."""

    row: int
    foot: Line
    across: Line


@dataclass(frozen=True)
class Frames:
    """The rows that each camera shows, and by row and lane the camera that shows it."""

    rows: Mapping[str, Sequence[RowInPhoto]]
    camera_of: Sequence[Sequence[str]]

    def over(self, sight: Sight, cameras: Sequence[str], seen: Set[str], places: Places) -> Shown | None:
        """What photos of a part of the cooler show, laid over its planogram; None where they contradict it.

        Args:
            sight: of these photos.
            cameras: of the device, by the number of their photos.
            seen: those that gave a photo that can be used.
            places: of the planogram.
        """
        things: list[list[Thing]] = [[] for _ in places.rows]
        for sku, box in zip(sight.skus, sight.in_photos, strict=False):
            if found := _row_of(box, self.rows.get(cameras[box[0]], ())):
                left, right = _at(found.across, box[1]), _at(found.across, box[2])
                things[found.row].append(Thing(sku, left, right, sku in EMPTY))
        if not _fits(things, places):
            return None
        rows = zip(places.rows, self.camera_of, things, strict=True)
        return Shown([_spots(lanes, [one in seen for one in cameras], some) for lanes, cameras, some in rows])


def frames_of(sight: Sight, laid: Sequence[Laid | None], cameras: Sequence[str], places: Places) -> Frames | None:
    """How the cameras look at their cooler, by photos that show the whole of it.

    Args:
        sight: of the photos.
        laid: where in the planogram each thing on them stands.
        cameras: of the device, by the number of their photos.
        places: of the planogram.
    """
    by_row: dict[tuple[str, int], list[tuple[InPhoto, Laid]]] = defaultdict(list)
    for box, place in zip(sight.in_photos, laid, strict=False):
        if place is not None:
            by_row[cameras[box[0]], place[0]].append((box, place))
    rows: dict[str, list[RowInPhoto]] = defaultdict(list)
    for (camera, row), things in by_row.items():
        middles = [(box[1] + box[2]) / 2 for box, _ in things]
        if len(things) >= LEAST and max(middles) > min(middles):
            foot = _line(middles, [box[4] for box, _ in things])
            rows[camera].append(RowInPhoto(row, foot, _line(middles, [(one[1] + one[2]) / 2 for _, one in things])))
    if not rows:
        return None
    known = {(camera, one.row) for camera, some in rows.items() for one in some}
    shown = {key: things for key, things in by_row.items() if key in known}
    return Frames(dict(rows), [list(_cameras_of(number, lanes, shown)) for number, lanes in enumerate(places.rows)])


def _cameras_of(
    row: int, lanes: Sequence[Place], by_row: Mapping[tuple[str, int], Sequence[tuple[InPhoto, Laid]]]
) -> Iterator[str]:
    """Of each lane the camera that shows what stands nearest to its middle."""
    middles = [
        ((place[1] + place[2]) / 2, camera)
        for (camera, number), things in by_row.items()
        if number == row
        for _, place in things
    ]
    for lane in lanes:
        yield min(middles, key=lambda one: abs(one[0] - lane.middle))[1] if middles else ""


def _spots(lanes: Sequence[Place], seen: Sequence[bool], things: Sequence[Thing]) -> list[str]:
    """What the lanes of a row show, of which some are seen."""
    numbers = [number for number, is_seen in enumerate(seen) if is_seen]
    there = [
        one for one in things if seen[min(range(len(lanes)), key=lambda lane: abs(lanes[lane].middle - one.middle))]
    ]
    shown = spread([lanes[number] for number in numbers], there) if numbers and there else {}
    by_lane = {number: shown.get(at, NOTHING) for at, number in enumerate(numbers)}
    return [by_lane.get(lane, UNSEEN) for lane in range(len(lanes))]


def _row_of(box: InPhoto, rows: Sequence[RowInPhoto]) -> RowInPhoto | None:
    _, left, right, top, foot = box
    middle = (left + right) / 2
    nearest = min(rows, key=lambda one: abs(_at(one.foot, middle) - foot), default=None)
    return nearest if nearest and abs(_at(nearest.foot, middle) - foot) <= OFF * (foot - top) else None


def _fits(things: Sequence[Sequence[Thing]], places: Places) -> bool:
    """Whether most named products that are planned stand in a row where they are: else the camera was moved."""
    homes = {sku: {row for row, _ in lanes} for sku, lanes in places.of.items()}
    named = [(row, one.sku) for row, some in enumerate(things) for one in some if one.sku in homes]
    return sum(row in homes[sku] for row, sku in named) >= MOSTLY * len(named)


def _line(x: Sequence[float], y: Sequence[float]) -> Line:
    slope, at_0 = np.polyfit(x, y, 1).tolist()
    return slope, at_0


def _at(line: Line, x: float) -> float:
    return line[0] * x + line[1]

"""The latest reading of a cooler of which only a part was seen, while one of its cameras is broken.

What such an observation lacks is not missing from the shelf: its counts are no cooler's. But a SKU that stood before
only where the other cameras look is seen as well as ever. Those are renewed; the others stay as they were seen last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from cloud.audits.models import LatestObservation, ObservedLine, UnseenPart
from cloud.audits.observed import ObservationColumns


def shows_a_part(message: ObservationColumns) -> bool:
    """Whether some cameras of several saw their part of the cooler, and others did not."""
    return message.quality.verdict != "unusable" and bool(seen_by(message)) and not message.stands_for_cooler


def seen_by(message: ObservationColumns) -> set[str]:
    """The cameras, of several, whose part of the cooler was seen."""
    return {view.camera for view in message.views if not view.problem}


def unseen_of(message: ObservationColumns) -> list[UnseenPart]:
    """The cameras, of several, that saw nothing."""
    views = (view for view in message.views if view.problem)
    return [UnseenPart(camera=view.camera, shows=view.shows, problem=view.problem) for view in views]


def cameras_of(message: ObservationColumns) -> dict[str, list[str]]:
    """By SKU, the cameras, of several, that showed it; empty: products that no gallery knows."""
    cameras: dict[str, set[str]] = defaultdict(set)
    for sku, view in message.products.shown_by:
        cameras[sku].add(message.views[view].camera)
    return {sku: sorted(names) for sku, names in sorted(cameras.items())}


def take_part(row: LatestObservation, message: ObservationColumns, lines: Iterable[ObservedLine]) -> None:
    """Renew what a later observation shows of a part of the cooler.

    Args:
        row: the latest reading, of all of the cooler.
        message: the observation.
        lines: what it shows.
    """
    seen, shown = seen_by(message), cameras_of(message)
    kept = [line for line in row.lines if not _only_by(seen, row.cameras, line["sku"])]
    known = {line["sku"] for line in kept}
    fresh = [line for line in lines if line["sku"] not in known]
    row.lines = kept + fresh
    row.cameras = {sku: names for sku, names in row.cameras.items() if sku in known} | {
        line["sku"]: shown.get(line["sku"], []) for line in fresh
    }
    row.part_seen_at = message.captured_at
    row.quality = message.quality.model_dump(mode="json")
    row.unseen = unseen_of(message)


def _only_by(seen: set[str], cameras: Mapping[str, list[str]], sku: str) -> bool:
    """Whether a SKU stood only where the cameras look that saw something; where no box told, nobody knows."""
    return bool(cameras.get(sku)) and seen.issuperset(cameras[sku])

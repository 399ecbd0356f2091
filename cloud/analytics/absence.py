"""How sure it is that a SKU is out: a hidden Markov chain over its photos, one step each.

A SKU is in sight, pushed back (its last units stand deep in a lane, where vision often sees neither them nor a gap), or
out. What a photo shows in the lanes of the SKU is more or less likely in each of the three (`_LIKELY`; measured on the
simulated world by `python -m bench.stockouts`). The probabilities are followed forward alone (Rabiner 1989, the forward
procedure): a photo decides what it can when it comes, and is not revised by later ones.

A SKU about to run out has its last units in one lane. So in each of the first two states one lane holds it, and the
likelihood is the mean over the lanes, those in which it was last seen counting most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cloud.analytics.places import Spot

SURE = 0.5
"""A photo, or a name, is sure from this confidence on: more likely right than wrong."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one photo says of one SKU.

    Attributes:
        units: of it that were named, anywhere in the cooler.
        confidence: of its line where it was named, else of the whole photo.
        spots: what stands in each of its lanes; empty where the photo cannot be laid over the planogram.
        lanes: how many it has.
        nameless: chance that it is one of the products without a name.
    """

    at: datetime
    units: int
    confidence: float
    usable: bool = True
    spots: tuple[Spot, ...] = ()
    lanes: int = 1
    nameless: float = 0.0

    @property
    def sure(self) -> bool:
        """Whether it is more likely right than wrong."""
        return self.confidence >= SURE

    @property
    def shows_it(self) -> bool:
        """Whether something stands there that is the SKU, or may well be."""
        return self.units > 0 or "unnamed" in self.spots

    @property
    def at_home(self) -> tuple[int, ...]:
        """The lanes in which it was named."""
        return tuple(lane for lane, spot in enumerate(self.spots) if spot == "itself")

    @property
    def settles(self) -> bool:
        """Whether it was surely seen, so that no older photo matters any more."""
        return self.usable and self.sure and bool(self.at_home)


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed after a photo.

    Attributes:
        lanes: of each lane, the probabilities that the SKU's last units are there in sight, and pushed back.
        out: the probability that there are none.
        stood_in: the lanes in which the SKU was named when it was last seen at home; none where it never was.
    """

    lanes: tuple[tuple[float, float], ...]
    out: float
    stood_in: tuple[int, ...] = ()


def unknown(lanes: int) -> Belief:
    """Before the first photo of a SKU with so many lanes."""
    return Belief(((0.45 / lanes, 0.05 / lanes),) * lanes, 0.5)


_SEEN_BACK, _SEEN_OUT = 0.02, 0.001
"""After a sighting at home."""
_OTHER_LANES = 0.1
"""That its last units are in none of the lanes where it was named, where it has others."""

_LIKELY: Mapping[Spot, tuple[float, float, float]] = {
    "itself": (0.93, 0.60, 0.0006),
    "unnamed": (0.028, 0.020, 0.0028),
    "other": (0.0150, 0.010, 0.020),
    "nothing": (0.0255, 0.37, 0.24),
    "faint gap": (0.0040, 0.030, 0.15),
    "gap": (0.0003, 0.004, 0.70),
}
"""Of what a lane shows, when the SKU is in sight in it, pushed back in it, or not in it: then the lane is empty, or
holds something else, about which nobody knows how often."""

_STRANGER = 0.05
"""Another SKU in a lane where the SKU was not when last seen: less likely a wrong name for it."""
_AWAY = 3.0
"""A SKU named outside its lanes is so many times likelier where it is there."""
_NAMED, _NAMED_DOUBTFULLY, _NOT_NAMED = 60.0, 4.0, 0.07
"""The same of a photo whose lanes are unknown, by whether the SKU was named."""

_RUNS_OUT, _PUSHED_BACK = 0.02, 0.01
"""From one photo to the next, of a SKU that stood in one lane."""
_LAST_GO = 0.06
"""Of one pushed back: it runs out."""
_RETURNS = 0.15
"""Of one that is out: it is filled up."""


def believe(before: Belief, reading: Reading) -> Belief:
    """What is believed after one more usable photo."""
    if reading.settles:
        return _seen(len(reading.spots), reading.at_home)
    later = _later(before)
    ratios = _ratios(reading, before)
    lanes = [(s * rs, b * rb) for (s, b), (rs, rb) in zip(later.lanes, ratios, strict=True)]
    whole = later.out + sum(sight + back for sight, back in lanes)
    stood_in = reading.at_home or before.stood_in
    return Belief(tuple((sight / whole, back / whole) for sight, back in lanes), later.out / whole, stood_in)


def _seen(lanes: int, at_home: Sequence[int]) -> Belief:
    """After a sure sighting in some of its lanes."""
    others = lanes - len(at_home)
    elsewhere = _OTHER_LANES / others if others else 0.0
    here = (1 - elsewhere * others) / len(at_home)
    there = 1 - _SEEN_OUT
    parts = (there * (here if lane in at_home else elsewhere) for lane in range(lanes))
    return Belief(tuple((p * (1 - _SEEN_BACK), p * _SEEN_BACK) for p in parts), _SEEN_OUT, tuple(at_home))


def _later(before: Belief) -> Belief:
    """The probabilities at the next photo, before it is looked at: the more lanes it stood in, the rarer it is out."""
    stood_in = max(len(before.stood_in), 1)
    runs_out, pushed = _RUNS_OUT / stood_in, _PUSHED_BACK / stood_in
    filled = before.out * _RETURNS / len(before.lanes)
    lanes = tuple(
        (sight * (1 - runs_out - pushed) + back * _RETURNS + filled, back * (1 - _LAST_GO - _RETURNS) + sight * pushed)
        for sight, back in before.lanes
    )
    return Belief(lanes, 1 - sum(sight + back for sight, back in lanes), before.stood_in)


def _ratios(reading: Reading, before: Belief) -> list[tuple[float, float]]:
    """How many times likelier the photo is with the SKU in sight, or pushed back, in each lane than with none of it."""
    trust = min(reading.confidence / SURE, 1.0)
    if not reading.spots:
        return [_by_name(reading, trust)] * len(before.lanes)
    away = _AWAY if reading.units and not reading.at_home else 1.0
    found = []
    for lane, spot in enumerate(reading.spots):
        in_sight, pushed, out = _LIKELY[spot]
        if spot == "other" and before.stood_in and lane not in before.stood_in:
            out = _STRANGER
        found.append(((away * in_sight / out) ** trust, (away * pushed / out) ** trust))
    return found


def _by_name(reading: Reading, trust: float) -> tuple[float, float]:
    if reading.units:
        ratio = (_NAMED if reading.sure else _NAMED_DOUBTFULLY) ** trust
        return ratio, ratio
    in_sight = _NOT_NAMED + (1 - _NOT_NAMED) * reading.nameless
    return in_sight**trust, max(in_sight, _LIKELY["nothing"][1]) ** trust

"""How sure it is that a SKU is out: a hidden Markov chain over its photos, one step each.

A SKU is out, or some of its lanes hold it: in sight, or pushed back, where three empty places or more lie before its
first unit, so that vision sees only two of three and takes most others for gaps. What a photo shows in a lane is more
or less likely in each of the three cases (`_LIKELY`); of a SKU that is there, each lane may hold it or not, but not
none of them. The probabilities are followed forward (Rabiner 1989, the forward procedure): a photo decides what it can
when it comes. Once the SKU is back, the episode is judged in hindsight by whether the cooler was filled up meanwhile.

The likelihoods are those of lanes of the simulated world (`python -m bench.stockouts`), seen with the errors that
`bench.count_errors` measures; rates were chosen on its seeds 21 and 22 and judged on others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cloud.analytics.places import Spot
from cloud.analytics.refills import OFTEN, holes_in

SURE = 0.5
"""A photo, or a name, is sure from this confidence on: more likely right than wrong."""
SETTLED = 0.7
"""From here on a name settles it; half of the wrong ones, and seven of eight right ones, reach it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one photo says of one SKU.

    Attributes:
        units: of it that were named, anywhere in the cooler.
        confidence: of its line where it was named, else of the whole photo.
        spots: what stands in each of its lanes; empty where the photo cannot be laid over the planogram.
        lanes: how many it has.
        nameless: chance that it is one of the products without a name.
        refilled: chance that the cooler was filled up since the photo before.
        gravity_feed: the cooler's units slide forward, so that none of them stands far back.
    """

    at: datetime
    units: int
    confidence: float
    usable: bool = True
    spots: tuple[Spot, ...] = ()
    lanes: int = 1
    nameless: float = 0.0
    refilled: float = OFTEN
    gravity_feed: bool = False

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
    def holes(self) -> tuple[int, ...]:
        """The lanes that it tells to be empty."""
        return holes_in(self.spots)

    @property
    def settles(self) -> bool:
        """Whether it was surely seen, so that no older photo matters any more."""
        return self.usable and self.confidence >= SETTLED and bool(self.at_home)


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed after a photo.

    Attributes:
        lanes: of each lane, if the SKU is there, the probabilities that it holds units in sight, and pushed back.
        out: the probability that the SKU is not there.
        stood_in: the lanes in which the SKU was named when it was last seen at home; none where it never was.
    """

    lanes: tuple[tuple[float, float], ...]
    out: float
    stood_in: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Shelves:
    """What the units of a cooler do when one is taken.

    Attributes:
        usual: a lane of which nothing is known holds its SKU in sight, or pushed back.
        seen_back: how often a SKU that is named in its lane stands far back.
        pushed_back: from one photo to the next, of a SKU in sight.
        seen_again: how often a SKU that was there and overlooked is seen on the next photo, had nobody filled it up.
    """

    usual: tuple[float, float]
    seen_back: float
    pushed_back: float
    seen_again: float


_FLAT = _Shelves((0.66, 0.04), 0.035, 0.01, 0.66)
_GRAVITY_FEED = _Shelves((0.697, 0.003), 0.001, 0.0003, 0.85)


def unknown(lanes: int, *, gravity_feed: bool = False) -> Belief:
    """Before the first photo of a SKU with so many lanes."""
    return Belief((_shelves(gravity_feed).usual,) * lanes, 0.5)


def _shelves(gravity_feed: bool) -> _Shelves:
    return _GRAVITY_FEED if gravity_feed else _FLAT


_SEEN, _SEEN_OUT = 0.998, 0.0005
"""Where a SKU is named in its lane it is there; how often it is out all the same."""

_LIKELY: Mapping[Spot, tuple[float, float, float]] = {
    "itself": (0.923, 0.629, 0.004),
    "unnamed": (0.028, 0.016, 0.003),
    "other": (0.021, 0.016, 0.035),
    "nothing": (0.019, 0.059, 0.063),
    "faint gap": (0.001, 0.123, 0.167),
    "gap": (0.0008, 0.150, 0.763),
    "unseen": (1.0, 1.0, 1.0),
}
"""Of what a lane shows, when the SKU is in sight in it, pushed back in it, or not in it: then the lane is empty, or
holds something else. Another SKU is named three times as often in a lane without the SKU as in one with it (0.060); it
counts for about half of that, since a product that is misnamed once is misnamed on the next photos, too. How much was
chosen on the week of the demo."""

_AWAY = 4.0
"""A SKU named outside its lanes is so many times likelier where it is there."""
_NAMED, _NAMED_DOUBTFULLY, _NOT_NAMED = 60.0, 4.0, 0.13
"""The same of a photo whose lanes are unknown, by whether the SKU was named."""

_RUNS_OUT = 0.011, 0.002, 0.0006, 0.0002
"""From one photo to the next, of a SKU that stood in one lane, in two, three, or more."""
_RETURNS = 0.23
"""Of one that is out."""
_EMPTIES, _FORWARD, _LAST_GO, _FILLED = 0.02, 0.12, 0.06, 0.15
"""Of a lane while the SKU is there: one in sight runs empty; one pushed back is pulled forward or runs empty; an empty
one is filled."""

_BACK_IF_FILLED, _BACK_IF_NOT = 0.75, 0.02
"""What was out is seen again, if the cooler was filled up since, and if not."""
_SEEN_IF_FILLED = 0.93
"""What was there and overlooked is seen again if the cooler was filled up."""


def believe(before: Belief, reading: Reading) -> Belief:
    """What is believed after one more usable photo."""
    shelves = _shelves(reading.gravity_feed)
    if reading.settles:
        return Belief(tuple(_after_sighting(spot, shelves) for spot in reading.spots), _SEEN_OUT, reading.at_home)
    later = _later(before, shelves)
    trust = min(reading.confidence / SURE, 1.0) ** 2
    if not reading.spots:
        out = later.out / (later.out + (1 - later.out) * _by_name(reading, trust))
        return Belief(later.lanes, out, before.stood_in)
    lanes, ratio = _seen_in(later.lanes, reading.spots, trust)
    if reading.units and not reading.at_home:
        ratio *= _AWAY**trust
    out = later.out / (later.out + (1 - later.out) * ratio)
    return Belief(lanes, out, reading.at_home or before.stood_in)


def in_hindsight(out: float, reading: Reading) -> float:
    """The probability that a SKU was out, which seemed so with the probability `out`, now that it is seen at home."""
    odds = out / max(1 - out, 1e-9)
    was_out = reading.refilled * _BACK_IF_FILLED + (1 - reading.refilled) * _BACK_IF_NOT
    seen_again = _shelves(reading.gravity_feed).seen_again
    was_there = reading.refilled * _SEEN_IF_FILLED + (1 - reading.refilled) * seen_again
    odds *= was_out / was_there
    return odds / (1 + odds)


def _after_sighting(spot: Spot, shelves: _Shelves) -> tuple[float, float]:
    """Of a lane on a photo that surely shows the SKU at home, in this lane or in another."""
    if spot == "itself":
        return _SEEN * (1 - shelves.seen_back), _SEEN * shelves.seen_back
    (sight, back), (if_sight, if_back, if_not) = shelves.usual, _LIKELY[spot]
    whole = sight * if_sight + back * if_back + (1 - sight - back) * if_not
    return sight * if_sight / whole, back * if_back / whole


def _later(before: Belief, shelves: _Shelves) -> Belief:
    """The probabilities at the next photo, before it is looked at: the more lanes it stood in, the rarer it is out."""
    runs_out = _RUNS_OUT[min(max(len(before.stood_in), 1), len(_RUNS_OUT)) - 1]
    lanes = tuple(
        (
            sight * (1 - _EMPTIES - shelves.pushed_back) + back * _FORWARD + (1 - sight - back) * _FILLED,
            back * (1 - _FORWARD - _LAST_GO) + sight * shelves.pushed_back,
        )
        for sight, back in before.lanes
    )
    return Belief(lanes, before.out * (1 - _RETURNS) + (1 - before.out) * runs_out, before.stood_in)


def _seen_in(
    lanes: Sequence[tuple[float, float]], spots: Sequence[Spot], trust: float
) -> tuple[tuple[tuple[float, float], ...], float]:
    """The lanes after what they show, and how many times likelier it is where the SKU is there than where it is out."""
    after = []
    any_state = none_hold = all_empty = none_held = 1.0
    for (sight, back), spot in zip(lanes, spots, strict=True):
        if_sight, if_back, if_not = (chance**trust for chance in _LIKELY[spot])
        empty = 1 - sight - back
        whole = sight * if_sight + back * if_back + empty * if_not
        after.append((sight * if_sight / whole, back * if_back / whole))
        any_state, none_hold = any_state * whole, none_hold * empty * if_not
        all_empty, none_held = all_empty * if_not, none_held * empty
    there = max(any_state - none_hold, 0.0) / max(1 - none_held, 1e-9)
    return tuple(after), there / all_empty


def _by_name(reading: Reading, trust: float) -> float:
    """The same ratio where only names are known."""
    if reading.units:
        return float((_NAMED if reading.sure else _NAMED_DOUBTFULLY) ** trust)
    return float((_NOT_NAMED + (1 - _NOT_NAMED) * reading.nameless) ** trust)

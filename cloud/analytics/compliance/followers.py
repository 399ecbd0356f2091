"""The coolers that follow each planogram, and how well each did over some time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.compliance.judgement import Judgement, compliance
from cloud.analytics.compliance.means import mean_judgements
from cloud.analytics.query.known import Known
from cloud.audits.facts import Facts
from cloud.outlets.models import Cooler
from facings.messages import Estimate


@dataclass(frozen=True, slots=True)
class Follower:
    """A cooler that follows a planogram.

    Attributes:
        judged: the mean of its photos judged by this very planogram; None where there is none in the time.
        moves: facings to touch on the mean photo.
    """

    cooler: Cooler
    judged: Judgement | None = None
    moves: float = 0.0

    def level(self, level: str) -> Estimate | None:
        """How much of the planogram it kept at a level; None where that is not known, or the level not there."""
        return compliance([self.judged], level) if self.judged else None


@dataclass(frozen=True, slots=True)
class Followers:
    """The coolers that follow one planogram."""

    coolers: Sequence[Follower]

    @property
    def judged(self) -> int:
        """How many of them have photos in the time."""
        return sum(one.judged is not None for one in self.coolers)

    def level(self, level: str) -> Estimate | None:
        """How much of the planogram all of them kept; the errors of coolers are taken as independent."""
        return compliance([one.judged for one in self.coolers if one.judged], level)


NOBODY = Followers(())


def followers(session: Session, facts: Facts, tenant: str, start: datetime, end: datetime) -> Mapping[int, Followers]:
    """By planogram, its coolers now and how they did from `start` to just before `end`, the worst first.

    Photos judged by a planogram that the cooler no longer follows say nothing of this one.
    """
    judged = mean_judgements(facts, tenant, Known(session), start, end, by_planogram=True)
    means = {(one.cooler, one.planogram): one for one in judged}
    found: dict[int, list[Follower]] = defaultdict(list)
    for cooler in session.scalars(select(Cooler).where(Cooler.planogram_id.is_not(None)).order_by(Cooler.id)):
        mean = means.get((cooler.id, cooler.planogram_id))
        found[cooler.planogram_id or 0].append(Follower(cooler, mean.judged, mean.moves) if mean else Follower(cooler))
    return {plan: Followers(sorted(some, key=_worst_first)) for plan, some in found.items()}


def _worst_first(one: Follower) -> tuple[bool, float]:
    return one.judged is None, -one.moves

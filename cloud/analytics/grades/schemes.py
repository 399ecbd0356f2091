"""The schemes by which outlets are graded: kept by class, and what another one would change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.grades.answer import SchemeAnswer, SchemeBody
from cloud.analytics.grades.grade import DEFAULT, Scheme, grade
from cloud.analytics.grades.models import GradeScheme
from cloud.analytics.grades.reading import OutletGrades
from cloud.api.errors import ApiError, not_found
from cloud.api.upsert import upsert
from cloud.identity.service import Caller, record
from facings.messages import Estimate

ALL_OTHERS = ""
"""Instead of a class: all that have no scheme of their own."""


def put_scheme(session: Session, caller: Caller, body: SchemeBody) -> GradeScheme:
    """Set how outlets of a class are graded, or those of all classes without their own."""
    key = {"tenant_id": caller.tenant, "outlet_class": body.outlet_class}
    values = {"weights": dict(body.scheme.weights), "targets": dict(body.scheme.targets)}
    row, outcome = upsert(session, GradeScheme, key, values)
    if outcome != "unchanged":
        record(session, caller, f"grade-scheme.{outcome}", body.outlet_class or "all", values)
    return row


def remove_scheme(session: Session, caller: Caller, outlet_class: str) -> None:
    """Grade a class as all others again, or, of all others, as Facings does by default.

    Raises:
        ApiError: 404 where it has no scheme of its own.
    """
    row = session.get(GradeScheme, (caller.tenant, outlet_class))
    if row is None:
        raise not_found("grade scheme of the class", outlet_class or "all")
    session.delete(row)
    record(session, caller, "grade-scheme.removed", outlet_class or "all")


def scheme_answers(session: Session) -> list[SchemeAnswer]:
    """The default of all classes first, then the classes with their own."""
    rows = list(session.scalars(select(GradeScheme).order_by(GradeScheme.outlet_class)))
    answers = [SchemeAnswer(outlet_class=row.outlet_class, weights=row.weights, targets=row.targets) for row in rows]
    if not rows or rows[0].outlet_class:
        default = SchemeAnswer(outlet_class="", weights=dict(DEFAULT.weights), targets=dict(DEFAULT.targets))
        answers.insert(0, default)
    return answers


@dataclass(frozen=True, slots=True)
class Regraded:
    """The grade of an outlet as it is, and as it would be; None where nothing would be known."""

    outlet: str
    before: Estimate | None
    after: Estimate | None

    @property
    def change(self) -> float:
        """In points; zero where one of the two is not known."""
        return round(self.after.value - self.before.value, 2) if self.before and self.after else 0.0


def regraded(grades: OutletGrades, outlet_class: str, proposed: Scheme) -> list[Regraded]:
    """The outlets that a scheme for a class would grade, those that it changes most first."""
    found = [_regraded(grades, outlet, proposed) for outlet in _graded_by(grades, outlet_class)]
    known = [one for one in found if one.before or one.after]
    return sorted(known, key=lambda one: (-abs(one.change), one.outlet))


def _graded_by(grades: OutletGrades, outlet_class: str) -> Iterable[str]:
    """Outlets of a class; where it is the empty one, of all classes without a scheme of their own."""
    for outlet, row in grades.outlets.items():
        by = row.outlet_class if row.outlet_class in grades.schemes else ALL_OTHERS
        if outlet_class in (row.outlet_class, by):
            yield outlet


def _regraded(grades: OutletGrades, outlet: str, proposed: Scheme) -> Regraded:
    pillars = grades.pillars(outlet)
    before, after = grade(pillars, grades.scheme(outlet)), grade(pillars, proposed)
    return Regraded(outlet, before.value if before else None, after.value if after else None)


def checked_class(outlet_class: str, classes: Iterable[str]) -> str:
    """A class that some outlet has, or the empty one.

    Raises:
        ApiError: 404 where no outlet is of it.
    """
    if outlet_class and outlet_class not in classes:
        raise ApiError(404, f"no outlet is of the class {outlet_class!r}", "choose a class that outlets have")
    return outlet_class

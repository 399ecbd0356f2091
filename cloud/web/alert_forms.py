"""The forms of the alerts page: what a browser sends, as the bodies of the API, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, TypeVar, cast, get_args

from fastapi import Form
from pydantic import BaseModel, ValidationError

from cloud.alerts.models import AlertDestination, AlertRule, DestinationKind, Severity, Watch
from cloud.alerts.schemas import DestinationBody, RuleBody
from cloud.alerts.watches import NEEDS_THRESHOLD
from cloud.web.i18n import N_
from facings.errors import BadInputError
from facings.faults import faults

HUNDREDTHS = NEEDS_THRESHOLD - {"temperature"}
"""Watches whose threshold is a fraction: people write percent."""


class RuleForm(BaseModel):
    """A rule as the form holds it: texts, lists separated by commas."""

    name: str = ""
    watch: str = "stock-out"
    threshold: str = ""
    minutes: str = "0"
    severity: str = "warning"
    enabled: bool = False
    regions: str = ""
    outlet_classes: str = ""
    brands: str = ""
    coolers: str = ""
    quiet_from: str = ""
    quiet_to: str = ""
    destinations: list[int] = []
    escalate_minutes: str = ""
    escalate_to: list[int] = []

    @classmethod
    def of(cls, rule: AlertRule) -> RuleForm:
        """The form of a rule that is there."""
        lists = {name: ", ".join(getattr(rule, name)) for name in LISTS}
        limit = "" if rule.threshold is None else f"{rule.threshold * (100 if rule.watch in HUNDREDTHS else 1):g}"
        escalate = "" if rule.escalate_minutes is None else str(rule.escalate_minutes)
        rest = {name: getattr(rule, name) for name in AS_IT_IS}
        return cls(threshold=limit, minutes=str(rule.minutes), escalate_minutes=escalate, **lists, **rest)

    def body(self) -> RuleBody:
        """What the API takes.

        Raises:
            BadInputError: the text says what is wrong.
        """
        threshold: float | None = _number(self.threshold) if self.watch in NEEDS_THRESHOLD else None
        if threshold is not None and self.watch in HUNDREDTHS:
            threshold /= 100
        fields: dict[str, Any] = {name: getattr(self, name) for name in AS_IT_IS}
        fields |= {name: words(getattr(self, name)) for name in LISTS}
        fields |= {"threshold": threshold, "minutes": _number(self.minutes) or 0}
        return checked(RuleBody, fields | {"escalate_minutes": _number(self.escalate_minutes)})


LISTS = ("regions", "outlet_classes", "brands", "coolers")
AS_IT_IS = ("name", "watch", "severity", "enabled", "quiet_from", "quiet_to", "destinations", "escalate_to")


class DestinationForm(BaseModel):
    """A destination as the form holds it."""

    name: str = ""
    kind: str = "webhook"
    address: str = ""
    language: str = "en"
    regions: str = ""
    outlet_classes: str = ""
    enabled: bool = False

    @classmethod
    def of(cls, place: AlertDestination) -> DestinationForm:
        """The form of a destination that is there."""
        lists = {name: ", ".join(getattr(place, name)) for name in ("regions", "outlet_classes")}
        return cls(
            name=place.name,
            kind=place.kind,
            address=place.address,
            language=place.language,
            enabled=place.enabled,
            **lists,
        )

    def body(self) -> DestinationBody:
        """What the API takes.

        Raises:
            BadInputError: the text says what is wrong.
        """
        lists = {name: words(getattr(self, name)) for name in ("regions", "outlet_classes")}
        return checked(DestinationBody, self.model_dump() | lists)


Made = TypeVar("Made", bound=BaseModel)

RuleFormDep = Annotated[RuleForm, Form()]
DestinationFormDep = Annotated[DestinationForm, Form()]


def checked(model: type[Made], fields: dict[str, Any]) -> Made:
    """A body of these fields.

    Raises:
        BadInputError: the first thing that is wrong with them.
    """
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise BadInputError(faults(error, whole="")[0]) from error


def words(text: str) -> list[str]:
    """The words between commas.

    Example:
        >>> words("north, south ,"), words("")
        (['north', 'south'], [])
    """
    parts: Iterable[str] = (part.strip() for part in text.replace("，", ",").split(","))
    return [part for part in parts if part]


def _number(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        return float(text)
    except ValueError:
        raise BadInputError(f"{text!r} is not a number") from None


USUAL: tuple[tuple[str, dict[str, Any]], ...] = (
    (N_("Stock-out of an own product"), {"watch": "stock-out", "minutes": 60}),
    (N_("Cooler silent for half a day"), {"watch": "device-silent", "minutes": 720, "severity": "critical"}),
    (N_("Cabinet over 10 °C"), {"watch": "temperature", "threshold": 10.0, "minutes": 60, "severity": "critical"}),
)
"""Rules that suit most, by name, to start with."""


def usual_rules(gettext: Any) -> list[RuleBody]:
    """The usual rules, named in the reader's language."""
    return [RuleBody(name=cast(str, gettext(name)), **fields) for name, fields in USUAL]


WATCH_NAMES: tuple[Watch, ...] = get_args(Watch)
SEVERITY_NAMES: tuple[Severity, ...] = get_args(Severity)
KINDS: dict[DestinationKind, str] = {"webhook": N_("Webhook"), "email": N_("E-mail")}

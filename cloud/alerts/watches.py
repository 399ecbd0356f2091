"""What each kind of rule looks at: from the records and facts to findings that stand at this moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.alerts.models import AlertRule, Watch
from cloud.analytics import measures
from cloud.analytics.compliance.judgement import compliance
from cloud.analytics.compliance.means import mean_judgements
from cloud.analytics.episodes import episode_of, still_open
from cloud.analytics.models import StockoutEpisode
from cloud.analytics.present import Present
from cloud.analytics.prices.wrong import wrong_prices
from cloud.analytics.query.known import Known
from cloud.analytics.registry import BY_NAME
from cloud.analytics.series import Period
from cloud.analytics.share.models import Intrusion
from cloud.audits.facts import Facts
from cloud.catalog.models import Product
from cloud.fleet.models import Device
from cloud.outlets.models import Cooler, Outlet

SHARE_NOW, SHARE_BEFORE = timedelta(days=1), timedelta(days=7)
"""A drop is that of the last day against the week before it."""
COMPLIANCE_OF = timedelta(days=1)
PRICES_OF = timedelta(days=1)
LONGEST_ALARM = 100
STALE_HEALTH = timedelta(hours=2)
"""Vital signs older than this say nothing of now; a silent device is another rule's matter."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong now.

    Attributes:
        key: names it within its rule.
        since: None where only the rule's own eyes can tell.
        episode: the stock-out that it is.
        doubtful: nobody is to be told yet.
    """

    key: str
    outlet: str
    cooler: str | None = None
    sku: str | None = None
    since: datetime | None = None
    value: float | None = None
    detail: str = ""
    episode: int | None = None
    doubtful: bool = False


@dataclass(eq=False)
class Look:
    """What there is to see of a tenant at one moment, read once for all its rules."""

    session: Session
    facts: Facts
    tenant: str
    now: datetime
    known_shares: Mapping[str, tuple[float, float]] | None = None
    """`shares`, where they were read not long ago."""
    read_shares: Mapping[str, tuple[float, float]] | None = None
    """`shares`, where they were read now."""

    @cached_property
    def outlets(self) -> Mapping[str, Outlet]:
        """By id."""
        return {outlet.id: outlet for outlet in self.session.scalars(select(Outlet))}

    @cached_property
    def coolers(self) -> Mapping[str, Cooler]:
        """By id."""
        return {cooler.id: cooler for cooler in self.session.scalars(select(Cooler))}

    @cached_property
    def products(self) -> Mapping[str, Product]:
        """By SKU."""
        return {product.sku: product for product in self.session.scalars(select(Product))}

    @cached_property
    def devices(self) -> list[Device]:
        """Those that are to report."""
        return list(self.session.scalars(select(Device).where(Device.revoked_at.is_(None))))

    @cached_property
    def present(self) -> Present:
        """The coolers' latest photos."""
        return Present(self.session, self.now)

    @cached_property
    def shares(self) -> Mapping[str, tuple[float, float]]:
        """Own share of facings of each outlet: in the last day, and in the week before."""
        if self.known_shares is not None:
            return self.known_shares
        kpi, today = BY_NAME["share-of-facings"], self.now - SHARE_NOW
        lately, before = (
            Period(self.session, self.facts, self.tenant, start, end).series(kpi, "outlet")
            for start, end in ((today, self.now), (today - SHARE_BEFORE, today))
        )
        known = {point.key: point.share.own.value for point in before.points if point.share}
        self.read_shares = {
            point.key: (point.share.own.value, known[point.key])
            for point in lately.points
            if point.share and point.key in known
        }
        return self.read_shares


def findings(look: Look, rule: AlertRule) -> list[Finding]:
    """What `rule` finds, within its scope, each key once, in an order that does not depend on the database."""
    found = {found.key: found for found in WATCHES[rule.watch](look, rule) if _in_scope(look, rule, found)}
    return [found[key] for key in sorted(found)]


def _in_scope(look: Look, rule: AlertRule, found: Finding) -> bool:
    outlet = look.outlets[found.outlet]
    product = look.products.get(found.sku or "")
    return (
        (not rule.regions or outlet.region in rule.regions)
        and (not rule.outlet_classes or outlet.outlet_class in rule.outlet_classes)
        and (not rule.coolers or found.cooler in rule.coolers)
        and (not rule.brands or (product is not None and product.brand in rule.brands))
    )


def _stock_outs(look: Look, _rule: AlertRule) -> Iterator[Finding]:
    for row in look.session.scalars(select(StockoutEpisode).where(still_open())):
        if (product := look.products.get(row.sku)) and product.own:
            found = _of_product(look, row.cooler_id, row.sku, row.first_missed_at)
            yield replace(found, episode=row.id, doubtful=episode_of(row).doubtful)


def _intrusions(look: Look, _rule: AlertRule) -> Iterator[Finding]:
    still = select(Intrusion).where(Intrusion.gone_at.is_(None), Intrusion.withdrawn_at.is_(None))
    for row in look.session.scalars(still):
        yield _of_product(look, row.cooler_id, row.sku, row.first_seen_at)


def _of_product(look: Look, cooler: str, sku: str, since: datetime) -> Finding:
    hours = max(0.0, (look.now - since) / timedelta(hours=1))
    return Finding(f"{cooler}/{sku}", look.coolers[cooler].outlet_id, cooler, sku, since, round(hours, 2))


def _silent(look: Look, rule: AlertRule) -> Iterator[Finding]:
    """A cooler none of whose devices has been heard of for as long as the rule says."""
    heard: dict[str, datetime] = {}
    for device in look.devices:
        at = device.last_seen_at or device.created_at
        heard[device.cooler_id] = max(heard.get(device.cooler_id, at), at)
    for cooler, at in heard.items():
        silent = look.now - at
        if silent >= timedelta(minutes=rule.minutes):
            hours = round(silent / timedelta(hours=1), 2)
            yield Finding(cooler, look.coolers[cooler].outlet_id, cooler, since=at, value=hours)


def _healthy_devices(look: Look) -> Iterator[tuple[Device, dict[str, object]]]:
    for device in look.devices:
        if device.health and device.last_seen_at and look.now - device.last_seen_at < STALE_HEALTH:
            yield device, device.health


def _alarms(look: Look, _rule: AlertRule) -> Iterator[Finding]:
    for device, health in _healthy_devices(look):
        names = health.get("alarms")
        # Each once and cut short: keys name alerts, and a device may say what it likes.
        for name in sorted({str(name)[:LONGEST_ALARM] for name in names} if isinstance(names, list) else ()):
            cooler = look.coolers[device.cooler_id]
            yield Finding(f"{device.id}/{name}", cooler.outlet_id, cooler.id, detail=name)


def _temperature(look: Look, rule: AlertRule) -> Iterator[Finding]:
    for device, health in _healthy_devices(look):
        degrees = health.get("cabinet_c")
        if isinstance(degrees, int | float) and degrees > _threshold(rule):
            cooler = look.coolers[device.cooler_id]
            yield Finding(device.id, cooler.outlet_id, cooler.id, value=float(degrees))


def _occupancy(look: Look, rule: AlertRule) -> Iterator[Finding]:
    for cooler in look.present.latest:
        filled = measures.occupancy(look.present.fronts(cooler))
        if filled and filled.value < _threshold(rule):
            yield Finding(cooler, look.coolers[cooler].outlet_id, cooler, value=filled.value)


def _compliance(look: Look, rule: AlertRule) -> Iterator[Finding]:
    """By the mean of the last day's photos: facings in their place, of a priority list those present."""
    for one in mean_judgements(look.facts, look.tenant, Known(look.session), look.now - COMPLIANCE_OF, look.now):
        level = "present" if one.judged.position is None else "position"
        found = compliance([one.judged], level)
        if found and found.value < _threshold(rule) and one.cooler in look.coolers:
            yield Finding(one.cooler, look.coolers[one.cooler].outlet_id, one.cooler, value=found.value)


def _own_share(look: Look, rule: AlertRule) -> Iterator[Finding]:
    for cooler in look.present.latest:
        lines = look.present.lines(cooler)
        if lines and (own := measures.share(lines).own.value) < _threshold(rule):
            yield Finding(cooler, look.coolers[cooler].outlet_id, cooler, value=own)


def _share_drop(look: Look, rule: AlertRule) -> Iterator[Finding]:
    for outlet, (now, before) in look.shares.items():
        if outlet in look.outlets and before - now >= _threshold(rule):
            yield Finding(outlet, outlet, value=round(before - now, 4))


def _wrong_prices(look: Look, rule: AlertRule) -> Iterator[Finding]:
    """Own products whose tags said a wrong price in the last day, off by so much of the right one."""
    known = Known(look.session)
    for one in wrong_prices(look.session, look.facts, look.tenant, known, look.now - PRICES_OF, look.now):
        said, off = one.said, abs(one.said.price / one.ought - 1)
        if off >= _threshold(rule) and look.products[said.sku].own:
            outlet = look.coolers[said.cooler].outlet_id
            yield Finding(f"{said.cooler}/{said.sku}", outlet, said.cooler, said.sku, said.first, round(off, 4))


def _threshold(rule: AlertRule) -> float:
    assert rule.threshold is not None, "the schema asks for it"
    return rule.threshold


WATCHES: Mapping[Watch, Callable[[Look, AlertRule], Iterable[Finding]]] = {
    "stock-out": _stock_outs,
    "intrusion": _intrusions,
    "device-silent": _silent,
    "device-alarm": _alarms,
    "temperature": _temperature,
    "occupancy": _occupancy,
    "compliance": _compliance,
    "own-share": _own_share,
    "share-drop": _share_drop,
    "wrong-price": _wrong_prices,
}
"""What is there to be watched. A new kind of rule is a function here, a word in `models.Watch` and a text."""

NEEDS_THRESHOLD: frozenset[Watch] = frozenset(
    {"temperature", "occupancy", "compliance", "own-share", "share-drop", "wrong-price"}
)
"""The others ask only how long."""

"""Many shelf lines at once: made inside the facts store, as a fleet with a photo every hour would send them.

Raw lines and photos are of all days; judged facings and judgements of the days that judging looks back over. Rollups
are made of them with the product's own measures, a month in one statement; a test holds that re-computation finds
nothing to change in them. What the records say of the fleet is in `line_records`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isqrt

from cloud.analytics.compliance.table import judgement, shelf_facing
from cloud.analytics.judging.work import LOOK_BACK
from cloud.analytics.rollups.kinds import KINDS, Kind
from cloud.analytics.rollups.statements import between, milliseconds
from cloud.analytics.sellout.sold_table import sellout_day
from cloud.audits.facts import observation, shelf_line
from cloud.services import Services

TENANT = "acme"
START = datetime(2026, 1, 1, tzinfo=UTC)
LINES_EACH, PHOTOS_A_DAY, SHELVES = 20, 24, 5
SKUS = 200
_MOST_COOLERS, _AT_MOST = 2_000, 100_000_000
_DAYS_AT_ONCE = 31

_LARGE_PARTS = "min_insert_block_size_rows = 2000000, max_insert_threads = 2"
"""Little is left to be merged."""
_ONCE = {"uniqExact": "toUInt32(1)"}

_OBSERVATION, _BOOT = (f"toUUID('00000000-0000-4000-8000-00000000000{number}')" for number in (1, 2))
# `c` counts coolers, `t` hours since the first day, `l` lines; hashes of them stand for chance. Texts are made once a
# cooler and repeated: made for each line they would take most of the time.
_COOLERS = f"""
    SELECT number AS c, toLowCardinality(concat('cooler-', leftPad(toString(number), 4, '0'))) AS cooler,
        toLowCardinality(concat('outlet-', leftPad(toString(intDiv(number, 2)), 4, '0'))) AS outlet,
        CAST(arrayMap(l -> concat('sku-', leftPad(toString(modulo(number * 7 + l, {SKUS})), 3, '0')),
            range({LINES_EACH})), 'Array(LowCardinality(String))') AS skus
    FROM numbers_mt(%(coolers)s)
"""
_HOURS = f"SELECT *, t FROM ({_COOLERS}) AS each ARRAY JOIN range(%(first)s, %(after)s) AS t"
_LINES = f"SELECT *, sku, l FROM ({_HOURS}) AS photo ARRAY JOIN skus AS sku, range({LINES_EACH}) AS l"
_DAYS = f"""
    SELECT *, sku, l FROM (
        SELECT *, d FROM ({_COOLERS}) AS each ARRAY JOIN range(intDiv(%(first)s, 24), intDiv(%(after)s, 24)) AS d
    ) AS day ARRAY JOIN skus AS sku, range({LINES_EACH}) AS l
"""
_AT = f"fromUnixTimestamp64Milli(toInt64({milliseconds(START)}) + 3600000 * t + 60000 * modulo(c, 60), 'UTC')"
_BROKEN = "modulo(c, 100) = 0 AND modulo(t, 240) < 24"
"""Of each hundredth cooler a camera is broken one day of ten: its photos show a part."""
_KEY = {
    "tenant": f"'{TENANT}'",
    "cooler": "cooler",
    "captured_at": _AT,
    "device": "cooler",
    "boot_id": _BOOT,
    "seq": "t",
    "outlet": "outlet",
    "observation_id": _OBSERVATION,
    "received_at": "captured_at",
    "verdict": f"if({_BROKEN}, 'unusable', 'ok')",
}
_LINE = _KEY | {
    "line": "l",
    "sku": "sku",
    "grp": "'own'",
    "units": "1 + modulo(cityHash64(c, l, t), 8)",
    "facings": "1 + modulo(units, 3)",
    "linear_share": "units / 90",
    "confidence": "0.5 + modulo(cityHash64(t, l, c), 500) / 1000",
    "count_sd": "0.2 + modulo(cityHash64(l, c), 10) / 20",
}
_PHOTO = _KEY | {"photo_id": _OBSERVATION, "trigger": "'schedule'", "confidence": "0.9", "units": "80", "facings": "40"}
_PHOTO |= {
    "part": f"toUInt8({_BROKEN})",
    "unseen": f"""if({_BROKEN}, '[{{"camera": "top", "shows": "upper", "problem": "it answered 503"}}]', '')""",
}
_JUDGED_KEY = {name: _KEY[name] for name in ("tenant", "cooler", "captured_at", "outlet")} | {
    "observation_id": "reinterpretAsUUID(concat(reinterpretAsString(toUInt64(c)), reinterpretAsString(toUInt64(t))))",
    "judged_at": "captured_at",
}
_FACING = _JUDGED_KEY | {
    "row": f"intDiv(l, {LINES_EACH // SHELVES})",
    "rows": str(SHELVES),
    "sku": "sku",
    "facings": "1 + modulo(cityHash64(c, l, t), 3)",
    "variance": "0.1",
    "beside_competitor": "modulo(l, 2)",
}
_JUDGEMENT = _JUDGED_KEY | {
    "planogram": "1 + modulo(c, %(planograms)s)",
    "ordered": "1",
    "planned": str(LINES_EACH * 2),
    **dict.fromkeys(("present", "shelf", "position", "count"), f"{LINES_EACH * 2} - modulo(cityHash64(c, t), 9)"),
    "variance": "0.5",
    "unnamed": "0.2",
    "moves": "modulo(cityHash64(c, t), 9)",
}
_SOLD = {
    "tenant": f"'{TENANT}'",
    "cooler": "cooler",
    "sku": "sku",
    "day": f"toDate('{START:%Y-%m-%d}') + d",
    "outlet": "outlet",
    "sold": "modulo(cityHash64(c, l, d), 60) / 10",
    "sold_variance": "0.4",
    "sold_shared": "0.05",
    "lost": "if(modulo(cityHash64(d, l, c), 40) = 0, 1.5, 0)",
    "lost_variance": "0.1",
    "opening": "6",
    "covered": "1",
    "computed_at": f"toDateTime64('{START:%Y-%m-%d} 00:00:00', 3, 'UTC')",
    "sold_following": "[-0.05]",
}


def _rolled_up(kind: Kind) -> Iterator[str]:
    """Hours row by row, as each has one photo of a cooler, and no SKU twice; days by their sums."""
    key = ("tenant", "cooler", "outlet", *kind.more_key)
    where = f"FROM {kind.raw} WHERE {between('captured_at')} AND {kind.condition}"
    once = [_ONCE.get(one.made_by, one.of_raw) for one in kind.measures.values()]
    sums = [f"{one.made_by}({one.of_raw})" for one in kind.measures.values()]
    for grain, bucket, measures, grouped in (
        ("hour", "toDateTime64(toStartOfHour(captured_at, 'UTC'), 3, 'UTC')", once, ""),
        ("day", "toDate(captured_at, 'UTC')", sums, f"GROUP BY {', '.join(key)}, bucket"),
    ):
        zone = ("zone, ", "'UTC', ") if grain == "day" else ("", "")
        columns = f"{', '.join(key)}, {grain}, {zone[0]}{', '.join(kind.measures)}, version"
        yield (
            f"INSERT INTO {kind.name}_{grain} ({columns}) "
            f"SELECT {', '.join(key)}, {bucket} AS bucket, {zone[1]}{', '.join(measures)}, 1 {where} {grouped} "
            f"SETTINGS {_LARGE_PARTS}"
        )


@dataclass(frozen=True)
class LineWorld:
    """A fleet of `coolers`, two to an outlet, over `days`; every cooler has 20 of 200 SKUs."""

    coolers: int
    days: int

    @classmethod
    def of(cls, lines: int) -> LineWorld:
        """About so many lines."""
        coolers = max(4, _MOST_COOLERS * isqrt(lines * 10_000) // isqrt(_AT_MOST * 10_000))
        return cls(coolers, max(2, round(lines / (coolers * PHOTOS_A_DAY * LINES_EACH))))

    @property
    def lines(self) -> int:
        """All of them."""
        return self.coolers * self.days * PHOTOS_A_DAY * LINES_EACH

    @property
    def end(self) -> datetime:
        """Just after the last day."""
        return START + timedelta(days=self.days)

    def skus_of(self, cooler: int) -> list[str]:
        """What stands in a cooler."""
        return [f"sku-{(cooler * 7 + line) % SKUS:03d}" for line in range(LINES_EACH)]

    def roll_up(self, services: Services) -> None:
        """The rollups of all facts, a month at a time."""
        for first in range(0, self.days, _DAYS_AT_ONCE):
            start, end = (START + timedelta(days=min(day, self.days)) for day in (first, first + _DAYS_AT_ONCE))
            bound = {"start": milliseconds(start), "end": milliseconds(end)}
            for kind in KINDS:
                for statement in _rolled_up(kind):
                    services.facts.command(statement, bound)

    def generate(self, services: Services) -> None:
        """The facts, a month at a time."""
        for first in range(0, self.days, _DAYS_AT_ONCE):
            after = min(first + _DAYS_AT_ONCE, self.days)
            judged = max(first, self.days - LOOK_BACK.days)
            self._fill(services, shelf_line.name, _LINE, _LINES, first, after)
            self._fill(services, observation.name, _PHOTO, _HOURS, first, after)
            self._fill(services, sellout_day.name, _SOLD, _DAYS, first, after)
            if judged < after:
                self._fill(services, shelf_facing.name, _FACING, _LINES, judged, after)
                self._fill(services, judgement.name, _JUDGEMENT, _HOURS, judged, after)

    def _fill(
        self, services: Services, table: str, columns: dict[str, str], source: str, first: int, after: int
    ) -> None:
        rows = ", ".join(f"{expression} AS {name}" for name, expression in columns.items() if expression != name)
        services.facts.command(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns)} FROM (SELECT *, {rows} "
            f"FROM ({source}) AS source) AS named "
            # Some coolers at a time: memory stays flat.
            f"SETTINGS max_block_size = 64, {_LARGE_PARTS}",
            {"first": first * 24, "after": after * 24, "coolers": self.coolers, "planograms": SKUS},
        )

"""The KPIs of a period over HTTP: cut, narrowed, in pages or as files."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.responses import StreamingResponse

from cloud.analytics.kpis.kpi import Kpi
from cloud.analytics.periods import From, To, asked_period
from cloud.analytics.query.cursor import Cursor, page, question
from cloud.analytics.query.cut import Cut, written
from cloud.analytics.query.exports import EXPORTS, parts
from cloud.analytics.query.formats import MEDIA_TYPES, Format, chosen, stream
from cloud.analytics.query.known import Known
from cloud.analytics.query.scope import Filter, scope
from cloud.analytics.query.table import schema, tables
from cloud.analytics.registry import BY_NAME, KPIS
from cloud.analytics.series import KpiSeries, Period
from cloud.api.deps import CallerDep, ServicesDep, SessionDep
from cloud.api.errors import ApiError, not_found
from facings.ids import Slug

router = APIRouter(prefix="/api/v1", tags=["analytics"])

LARGEST_PAGE = 10_000
FORMATS: tuple[Format, ...] = ("json", "csv", "parquet", "arrow")

By = Annotated[list[str], Query(description="dimensions; several, or one with commas between; 'all' for one number")]
Grain = Annotated[
    str | None, Query(description="hour, day, week, month or whole: a dimension of time in front of `by`")
]
After = Annotated[str | None, Query(max_length=4000, description="`next` of the page before")]
PageLimit = Annotated[int | None, Query(ge=1, le=LARGEST_PAGE, description="points of a page")]
Wanted = Annotated[Format | None, Query(alias="format", description="in place of the header Accept")]
Accept = Annotated[str, Header()]
Some = Annotated[list[str], Query()]


def asked_filter(
    outlet: Some = [],  # noqa: B006 (FastAPI copies defaults)
    region: Some = [],  # noqa: B006
    outlet_class: Annotated[list[str], Query(alias="class")] = [],  # noqa: B006
    cooler: Some = [],  # noqa: B006
    brand: Some = [],  # noqa: B006
    owner: Some = [],  # noqa: B006
    category: Some = [],  # noqa: B006
    pack: Some = [],  # noqa: B006
    group: Some = [],  # noqa: B006
    sku: Some = [],  # noqa: B006
) -> Filter:
    """The filters of a request; each may come several times."""
    return Filter(
        outlet=outlet,
        region=region,
        outlet_class=outlet_class,
        cooler=cooler,
        brand=brand,
        owner=owner,
        category=category,
        pack=pack,
        group=group,
        sku=sku,
    )


FilterDep = Annotated[Filter, Depends(asked_filter)]


@router.get("/kpis")
def list_kpis(_who: CallerDep) -> list[Kpi]:
    """What each KPI means."""
    return list(KPIS)


@router.get("/kpis/{name}", response_model=KpiSeries, response_model_exclude_none=True)
def show_kpi(
    services: ServicesDep,
    session: SessionDep,
    who: CallerDep,
    name: Slug,
    wanted: FilterDep,
    start: From = None,
    end: To = None,
    by: By = [],  # noqa: B006
    grain: Grain = None,
    limit: PageLimit = None,
    after: After = None,
    kind: Wanted = None,
    accept: Accept = "*/*",
) -> KpiSeries | Response:
    """A KPI over a period: cut by dimensions, narrowed by filters, with the coverage behind each number.

    As JSON in pages of 10,000 points at most; as CSV, Parquet or Arrow stream whole, unless `limit` is given.
    """
    kpi = BY_NAME.get(name)
    if kpi is None:
        raise not_found("kpi", name)
    kind = chosen(kind, accept, FORMATS)
    cut = asked_cut(kpi, by, grain)
    asked = question(name, cut.written, wanted)
    cursor = Cursor.read(after, asked) if after else None
    start, end = (cursor.start, cursor.end) if cursor else asked_period(start, end, services.clock.now())
    services.rollups.before_reading()
    known = Known(session)
    period = Period(
        session, services.facts, who.tenant, start, end, scope(wanted, known), known, services.settings.sellout
    )
    series = period.series(kpi, cut.written)
    limit = limit or (LARGEST_PAGE if kind == "json" else None)
    series.points, last = page(series.points, cursor.after if cursor else None, limit)
    series.next = Cursor(question=asked, start=start, end=end, after=last).written() if last else None
    return series if kind == "json" else _as_file(series, kind)


def _as_file(series: KpiSeries, kind: Format) -> StreamingResponse:
    headers = {"content-disposition": f'attachment; filename="{series.kpi}.{kind}"'} | (
        {"next-after": series.next} if series.next else {}
    )
    return StreamingResponse(
        stream(kind, schema(series), tables(series)), media_type=MEDIA_TYPES[kind], headers=headers
    )


def asked_cut(kpi: Kpi, by: list[str], grain: str | None) -> Cut:
    """The cut of a question; by day where nothing is said.

    Raises:
        ApiError: 422 for a dimension that the KPI is not known by.
        BadInputError: no dimension at all, or two of time.
    """
    if not kpi.by:
        raise ApiError(422, f"{kpi.name} is known for the present alone", "it is in GET /api/v1/overview")
    if grain and grain != "whole":
        by = [grain, *by]
    cut = Cut.of(written(by or (["all"] if grain == "whole" else ["day"])))
    unknown = [dimension for dimension in cut.dimensions if dimension not in kpi.by]
    if unknown:
        raise ApiError(422, f"{kpi.name} is not broken down by {unknown[0]!r}", f"take some of {', '.join(kpi.by)}")
    return cut


@router.get("/exports/{what}", response_class=StreamingResponse)
def export(
    services: ServicesDep,
    session: SessionDep,
    who: CallerDep,
    what: Literal["observations", "lines", "price-tags"],
    wanted: FilterDep,
    start: From = None,
    end: To = None,
    kind: Wanted = None,
    accept: Accept = "*/*",
) -> StreamingResponse:
    """The raw observations of a period, or their lines, as CSV, Parquet or Arrow stream; each message once."""
    kind = chosen(kind, accept, ("csv", "parquet", "arrow"))
    start, end = asked_period(start, end, services.clock.now())
    rows = parts(services.facts, who.tenant, EXPORTS[what], start, end, scope(wanted, Known(session)))
    headers = {"content-disposition": f'attachment; filename="{what}.{kind}"'}
    return StreamingResponse(stream(kind, EXPORTS[what].schema, rows), media_type=MEDIA_TYPES[kind], headers=headers)

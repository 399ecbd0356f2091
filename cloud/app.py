"""The web application: the routes of every domain, one error shape, /healthz and /metrics."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from cloud.alerts import routes as alerts
from cloud.analytics import routes as analytics
from cloud.analytics.advice import routes as advice
from cloud.analytics.compliance import routes as compliance
from cloud.analytics.forecast import routes as forecast
from cloud.analytics.grades import routes as grades
from cloud.analytics.judging import routes as judging
from cloud.analytics.prices import routes as prices
from cloud.analytics.query import routes as query
from cloud.analytics.rollups import routes as rollups
from cloud.analytics.sellout import routes as sellout
from cloud.analytics.share import routes as share
from cloud.analytics.shortages import routes as shortages
from cloud.api import errors
from cloud.api.errors import ErrorResponse
from cloud.api.headers import SecureAndMeasure
from cloud.api.limits import LimitBodies
from cloud.audits import routes as audits
from cloud.catalog import routes as catalog
from cloud.catalog.galleries import routes as galleries
from cloud.catalog.newcomers import routes as newcomers
from cloud.fleet import remote_routes as remote
from cloud.fleet import routes as fleet
from cloud.identity import routes as identity
from cloud.outlets import planogram_routes as planograms
from cloud.outlets import routes as outlets
from cloud.retail import routes as retail
from cloud.retail.promotions import routes as promotions
from cloud.services import Services
from cloud.web import routes as web
from cloud.web.routes import PAGES, mount_static

log = logging.getLogger(__name__)

DOMAINS = (
    identity,
    fleet,
    remote,
    catalog,
    galleries,
    newcomers,
    outlets,
    planograms,
    audits,
    analytics,
    query,
    rollups,
    judging,
    compliance,
    share,
    grades,
    advice,
    sellout,
    shortages,
    prices,
    forecast,
    retail,
    promotions,
    alerts,
    web,
    *PAGES,
)

_RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": ErrorResponse, "description": "The request cannot be served as it is; the body says why."},
    "5XX": {"model": ErrorResponse, "description": "Something is down or broken here; trying again can help."},
}


def create_app(services: Services) -> FastAPI:
    """The application over `services`, which must be running when the first request arrives."""
    app = FastAPI(
        title="Facings",
        version="1",
        description="What stands in the coolers: KPIs, photos, catalogue, replenishment.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # the pages of Swagger and ReDoc load scripts from elsewhere
        redoc_url=None,
        responses=_RESPONSES,
    )
    app.state.services = services
    errors.install(app)
    app.add_middleware(LimitBodies)
    app.add_middleware(SecureAndMeasure, services=services)
    for routes in DOMAINS:
        app.include_router(routes.router)
    _add_health(app, services)
    web.mount_static(app)
    mount_static(app)
    return app


def _add_health(app: FastAPI, services: Services) -> None:
    @app.get("/healthz", tags=["operation"])
    def healthz() -> JSONResponse:
        """Which parts work: 200 where all do, 503 where one does not."""
        parts = {name: _complaint(name, check) for name, check in services.checks.items()}
        ok = not any(parts.values())
        answer = {"ok": ok, "parts": {name: complaint or "ok" for name, complaint in parts.items()}}
        return JSONResponse(answer, status_code=200 if ok else 503)

    @app.get("/metrics", tags=["operation"], response_class=Response)
    def metrics() -> Response:
        """The counters, for Prometheus."""
        return Response(generate_latest(services.metrics.registry), media_type=CONTENT_TYPE_LATEST)


def _complaint(name: str, check: Any) -> str:
    try:
        check()
    except Exception as error:
        log.warning("%s does not work: %s", name, error)
        return str(error) or type(error).__name__
    return ""

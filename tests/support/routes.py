"""The routes of a router, those of the routers in it too."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter
from fastapi.routing import APIRoute


def routes_of(router: APIRouter) -> Iterator[APIRoute]:
    """Every route of `router`; FastAPI keeps a router that was included as it is, until the first request."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        else:
            yield from routes_of(route.original_router)  # type: ignore[attr-defined]

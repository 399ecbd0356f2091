"""What the cooler's page does with planograms: 'this is how it should look'."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Form, Request
from fastapi.responses import HTMLResponse

from cloud.analytics.compliance.from_photo import planogram_from_photo
from cloud.api.deps import ManagerDep, ServicesDep, SessionDep
from cloud.api.reading import existing
from cloud.outlets.models import Cooler
from cloud.outlets.schemas import FromPhotoBody
from cloud.web import errors
from cloud.web.cooler import cooler_view
from cloud.web.pages import language_of, page
from facings.ids import Slug

router = APIRouter(include_in_schema=False, dependencies=[Depends(errors.require_assets)])


@router.post("/coolers/{cooler}/planogram")
def this_is_how_it_should_look(
    request: Request,
    who: ManagerDep,
    session: SessionDep,
    services: ServicesDep,
    background: BackgroundTasks,
    cooler: Slug,
    observation: Annotated[uuid.UUID, Form()],
) -> HTMLResponse:
    """Make a photo the planogram of its cooler, the next version of the one named as the cooler."""
    known = existing(session, Cooler, (who.tenant, cooler), "cooler")
    body = FromPhotoBody(observation=observation, name=known.name, unnamed="leave-out")
    planogram_from_photo(session, services.facts, who, body)
    session.flush()
    background.add_task(services.live.refresh, who.tenant, [cooler])
    view = cooler_view(session, services, who, cooler, None, language_of(request, who))
    return page(request, "cooler_now.html", who, active="overview", view=view)

"""Tenants of their own, in stores that the tests of a module share."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from cloud.identity.service import create_tenant
from cloud.outlets.models import Outlet
from cloud.services import Services


def new_tenant(services: Services, zones: Mapping[str, str]) -> str:
    """A tenant that no other test knows, with an outlet in each of the time `zones`, which are named by outlet."""
    name = f"t{uuid.uuid4().hex[:12]}"
    with services.records.all_tenants() as session:
        create_tenant(session, name, name)
        session.add_all(Outlet(tenant_id=name, id=outlet, name=outlet, timezone=zone) for outlet, zone in zones.items())
    return name

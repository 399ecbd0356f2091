"""The first sign-in of a new installation."""

from __future__ import annotations

import secrets

from sqlalchemy import func, select

from cloud.identity.models import User
from cloud.identity.service import create_tenant, create_user, operator
from cloud.records import Records
from cloud.settings import CloudSettings
from facings.files import write_private

TENANT = "main"
EMAIL = "admin@facings.local"


def first_sign_in(records: Records, settings: CloudSettings) -> list[str]:
    """What to tell whoever starts the cloud about signing in.

    Where nobody can sign in yet, a tenant and its admin are made, except in production, where the operator does it.
    """
    password_file = settings.data_dir / "secrets" / "first-password"
    with records.all_tenants() as session:
        if session.scalar(select(func.count()).select_from(User)):
            return [f"The first admin is {EMAIL}, password in {password_file}"] if password_file.exists() else []
        if settings.environment == "production":
            return [
                "Nobody can sign in yet: facings cloud tenant add ID, then facings cloud user add EMAIL --tenant ID"
            ]
        password = secrets.token_urlsafe(12)
        write_private(password_file, f"{password}\n")
        create_tenant(session, TENANT, "Main")
        create_user(session, operator(TENANT), EMAIL, password, "admin")
    return [f"Sign in as {EMAIL}, password {password}  (kept in {password_file})"]

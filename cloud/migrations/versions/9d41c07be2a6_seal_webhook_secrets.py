"""Seal webhook secrets.

Revision ID: 9d41c07be2a6
Revises: 7d3b9e51a0c4
Create Date: 2026-11-22 15:45:00.000000
"""

import sqlalchemy as sa
from alembic import context, op

from cloud.alerts.signing_secrets import SigningSecrets  # what it seals says in its first letters how
from facings.errors import SettingsError

revision = "9d41c07be2a6"
down_revision = "7d3b9e51a0c4"
branch_labels = None
depends_on = None

_place = sa.table(
    "alert_destination",
    sa.column("id", sa.Integer),
    sa.column("tenant_id", sa.String),
    sa.column("secret", sa.String),
    sa.column("sealed_secret", sa.String),
)


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("alert_destination", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sealed_secret", sa.String(length=300), nullable=False, server_default=""))
    _rewrite("secret", "sealed_secret")
    with op.batch_alter_table("alert_destination", schema=None) as batch_op:
        batch_op.alter_column("sealed_secret", existing_type=sa.String(length=300), server_default=None)
        batch_op.drop_column("secret")


def downgrade() -> None:
    """Take the tables back."""
    with op.batch_alter_table("alert_destination", schema=None) as batch_op:
        batch_op.add_column(sa.Column("secret", sa.String(length=100), nullable=False, server_default=""))
    _rewrite("sealed_secret", "secret")
    with op.batch_alter_table("alert_destination", schema=None) as batch_op:
        batch_op.alter_column("secret", existing_type=sa.String(length=100), server_default=None)
        batch_op.drop_column("sealed_secret")


def _rewrite(before: str, after: str) -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")  # no plain secret stays in the pages set free
    rows = connection.execute(sa.select(_place).where(_place.c[before] != "")).all()
    if not rows:
        return
    secret = context.config.attributes.get("secret")
    if not secret:
        raise SettingsError(
            "webhook secrets lie in the records: migrate with `facings cloud migrate`, which seals them"
        )
    signing = SigningSecrets(secret)
    change = signing.sealed if after == "sealed_secret" else signing.opened
    for row in rows:
        values = {after: change(row._mapping[before], row.tenant_id)}
        connection.execute(sa.update(_place).where(_place.c.id == row.id).values(values))

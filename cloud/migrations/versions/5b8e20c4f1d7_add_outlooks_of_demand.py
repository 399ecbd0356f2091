"""Add outlooks of demand.

Revision ID: 5b8e20c4f1d7
Revises: 9d41c07be2a6
Create Date: 2026-11-22 16:40:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "5b8e20c4f1d7"
down_revision = "9d41c07be2a6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "demand_outlook",
        sa.Column("outlet_id", sa.String(length=64), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("service", sa.Double(), nullable=False),
        sa.Column("expected", sa.Double(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_demand_outlook_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("tenant_id", "outlet_id", "sku", name=op.f("pk_demand_outlook")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("why", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Take the tables back."""
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_column("why")

    op.drop_table("demand_outlook")

"""Add observations set aside.

Revision ID: e4a91b6c2d70
Revises: a17c5d20be94
Create Date: 2026-11-22 18:58:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "e4a91b6c2d70"
down_revision = "a17c5d20be94"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "set_aside",
        sa.Column("observation_id", sa.Uuid(), nullable=False),
        sa.Column("cooler_id", sa.String(length=64), nullable=False),
        sa.Column("captured_at", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("set_aside_at", sa.DateTime(), nullable=False),
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_set_aside_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("tenant_id", "observation_id", name=op.f("pk_set_aside")),
    )
    with op.batch_alter_table("set_aside", schema=None) as batch_op:
        batch_op.create_index("ix_set_aside_cooler", ["tenant_id", "cooler_id"], unique=False)


def downgrade() -> None:
    """Take the tables back."""
    with op.batch_alter_table("set_aside", schema=None) as batch_op:
        batch_op.drop_index("ix_set_aside_cooler")

    op.drop_table("set_aside")

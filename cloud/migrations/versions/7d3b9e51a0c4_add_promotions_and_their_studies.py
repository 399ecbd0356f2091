"""Add promotions and their studies.

Revision ID: 7d3b9e51a0c4
Revises: 2ca73a30465c
Create Date: 2026-11-22 13:40:12.301557
"""

import sqlalchemy as sa
from alembic import op

revision = "7d3b9e51a0c4"
down_revision = "2ca73a30465c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "promotion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("mechanic", sa.String(length=24), nullable=False),
        sa.Column("discount", sa.Double(), nullable=True),
        sa.Column("skus", sa.JSON(), nullable=False),
        sa.Column("sisters", sa.JSON(), nullable=False),
        sa.Column("outlets", sa.JSON(), nullable=False),
        sa.Column("regions", sa.JSON(), nullable=False),
        sa.Column("outlet_classes", sa.JSON(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("margins", sa.JSON(), nullable=False),
        sa.Column("cost", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("least_facings", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=320), nullable=False),
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_promotion_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion")),
    )
    with op.batch_alter_table("promotion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_promotion_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "promotion_study",
        sa.Column("promotion_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("studied_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.Column("outlets_known", sa.Integer(), nullable=False),
        sa.Column("outlets_promoted", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["promotion.id"], name=op.f("fk_promotion_study_promotion_id_promotion")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_promotion_study_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("promotion_id", name=op.f("pk_promotion_study")),
    )
    with op.batch_alter_table("promotion_study", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_promotion_study_tenant_id"), ["tenant_id"], unique=False)


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("promotion_study", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_promotion_study_tenant_id"))

    op.drop_table("promotion_study")
    with op.batch_alter_table("promotion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_promotion_tenant_id"))

    op.drop_table("promotion")

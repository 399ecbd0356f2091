"""Add planogram rules, intrusions and grade schemes.

Revision ID: 3e5e63999665
Revises: be97aafcba5b
Create Date: 2026-11-22 12:13:00.217856
"""

import sqlalchemy as sa
from alembic import op

revision = "3e5e63999665"
down_revision = "be97aafcba5b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "grade_scheme",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("outlet_class", sa.String(length=40), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_grade_scheme_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("tenant_id", "outlet_class", name=op.f("pk_grade_scheme")),
    )
    op.create_table(
        "planogram_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outlet_class", sa.String(length=40), nullable=False),
        sa.Column("cooler_type", sa.String(length=40), nullable=False),
        sa.Column("planogram_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_planogram_rule_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planogram_rule")),
        sa.UniqueConstraint("tenant_id", "outlet_class", "cooler_type", name=op.f("uq_planogram_rule_tenant_id")),
    )
    with op.batch_alter_table("planogram_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_planogram_rule_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "intrusion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cooler_id", sa.String(length=64), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("clear_at", sa.DateTime(), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=False),
        sa.Column("gone_at", sa.DateTime(), nullable=True),
        sa.Column("facings", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "cooler_id"], ["cooler.tenant_id", "cooler.id"], name=op.f("fk_intrusion_tenant_id_cooler")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_intrusion_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intrusion")),
        sa.UniqueConstraint("tenant_id", "cooler_id", "sku", "first_seen_at", name=op.f("uq_intrusion_tenant_id")),
    )
    with op.batch_alter_table("intrusion", schema=None) as batch_op:
        batch_op.create_index("ix_intrusion_first_seen", ["tenant_id", "first_seen_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_intrusion_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "planogram_period",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("cooler_id", sa.String(length=64), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("planogram_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "cooler_id"],
            ["cooler.tenant_id", "cooler.id"],
            name=op.f("fk_planogram_period_tenant_id_cooler"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_planogram_period_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("tenant_id", "cooler_id", "since", name=op.f("pk_planogram_period")),
    )
    with op.batch_alter_table("cooler", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cooler_type", sa.String(length=40), server_default="", nullable=False))
        batch_op.add_column(sa.Column("planogram_by", sa.String(length=16), server_default="hand", nullable=False))

    with op.batch_alter_table("planogram", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=16), server_default="places", nullable=False))
        batch_op.add_column(sa.Column("from_observation", sa.Uuid(), nullable=True))

    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.add_column(sa.Column("category", sa.String(length=100), server_default="", nullable=False))


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.drop_column("category")

    with op.batch_alter_table("planogram", schema=None) as batch_op:
        batch_op.drop_column("from_observation")
        batch_op.drop_column("kind")

    with op.batch_alter_table("cooler", schema=None) as batch_op:
        batch_op.drop_column("planogram_by")
        batch_op.drop_column("cooler_type")

    op.drop_table("planogram_period")
    with op.batch_alter_table("intrusion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_intrusion_tenant_id"))
        batch_op.drop_index("ix_intrusion_first_seen")

    op.drop_table("intrusion")
    with op.batch_alter_table("planogram_rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_planogram_rule_tenant_id"))

    op.drop_table("planogram_rule")
    op.drop_table("grade_scheme")

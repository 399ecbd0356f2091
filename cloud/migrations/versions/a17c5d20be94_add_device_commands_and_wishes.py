"""Add commands to devices, and settings wished for.

Revision ID: a17c5d20be94
Revises: 5b8e20c4f1d7
Create Date: 2026-11-22 16:50:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "a17c5d20be94"
down_revision = "5b8e20c4f1d7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "device_command",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("ok", sa.Boolean(), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=True),
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "device_id"],
            ["device.tenant_id", "device.id"],
            name=op.f("fk_device_command_tenant_id_device"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_device_command_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_device_command")),
    )
    with op.batch_alter_table("device_command", schema=None) as batch_op:
        batch_op.create_index("ix_device_command_device", ["tenant_id", "device_id", "asked_at"], unique=False)
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.add_column(sa.Column("wished", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("wish_revision", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("reported", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Take the tables back."""
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.drop_column("reported")
        batch_op.drop_column("wish_revision")
        batch_op.drop_column("wished")
    with op.batch_alter_table("device_command", schema=None) as batch_op:
        batch_op.drop_index("ix_device_command_device")
    op.drop_table("device_command")

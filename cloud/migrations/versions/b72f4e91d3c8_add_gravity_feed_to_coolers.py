"""Add gravity feed to coolers.

Revision ID: b72f4e91d3c8
Revises: f0c3d7a8b615
Create Date: 2026-11-22 19:42:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "b72f4e91d3c8"
down_revision = "f0c3d7a8b615"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("cooler", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gravity_feed", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Take the tables back."""
    with op.batch_alter_table("cooler", schema=None) as batch_op:
        batch_op.drop_column("gravity_feed")

"""Note until when photos were taken into account for stock-outs.

Revision ID: e91b40c7d5a3
Revises: c58d1a7e9b42
Create Date: 2026-11-22 23:00:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "e91b40c7d5a3"
down_revision = "c58d1a7e9b42"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("shelf_watch", schema=None) as batch_op:
        batch_op.add_column(sa.Column("known_until", sa.DateTime(), nullable=True))


def downgrade() -> None:
    """Take the tables back."""
    with op.batch_alter_table("shelf_watch", schema=None) as batch_op:
        batch_op.drop_column("known_until")

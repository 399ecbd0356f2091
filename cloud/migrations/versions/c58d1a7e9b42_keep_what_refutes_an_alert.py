"""Keep what refutes an alert.

Revision ID: c58d1a7e9b42
Revises: b72f4e91d3c8
Create Date: 2026-11-22 22:20:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "c58d1a7e9b42"
down_revision = "b72f4e91d3c8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("stockout_episode", schema=None) as batch_op:
        # What is there has been told: it counts as seen on a second photo.
        batch_op.add_column(sa.Column("photos", sa.Integer(), server_default="2", nullable=False))
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.add_column(sa.Column("episode_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("refuted_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    """Take the tables back."""
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.drop_column("refuted_at")
        batch_op.drop_column("episode_id")
    with op.batch_alter_table("stockout_episode", schema=None) as batch_op:
        batch_op.drop_column("photos")

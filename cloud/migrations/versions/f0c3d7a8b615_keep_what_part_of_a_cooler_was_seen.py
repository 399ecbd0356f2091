"""Keep what part of a cooler was seen.

Revision ID: f0c3d7a8b615
Revises: e4a91b6c2d70
Create Date: 2026-11-22 19:30:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "f0c3d7a8b615"
down_revision = "e4a91b6c2d70"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("latest_observation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cameras", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))
        batch_op.add_column(sa.Column("part_seen_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("unseen", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))


def downgrade() -> None:
    """Take the columns back."""
    with op.batch_alter_table("latest_observation", schema=None) as batch_op:
        batch_op.drop_column("unseen")
        batch_op.drop_column("part_seen_at")
        batch_op.drop_column("cameras")

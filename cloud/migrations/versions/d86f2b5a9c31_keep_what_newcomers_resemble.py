"""Keep what newcomers resemble.

Revision ID: d86f2b5a9c31
Revises: a3c7e5d81f26
Create Date: 2026-11-23 06:24:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "d86f2b5a9c31"
down_revision = "a3c7e5d81f26"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward; of what was seen before, nothing is told."""
    with op.batch_alter_table("newcomer_sighting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("resembles", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("newcomer_sighting", schema=None) as batch_op:
        batch_op.drop_column("resembles")

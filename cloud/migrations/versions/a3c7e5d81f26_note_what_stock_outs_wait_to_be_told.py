"""Note whose stock-outs wait to be told anew.

Revision ID: a3c7e5d81f26
Revises: e91b40c7d5a3
Create Date: 2026-11-23 05:40:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "a3c7e5d81f26"
down_revision = "e91b40c7d5a3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("shelf_watch", schema=None) as batch_op:
        batch_op.add_column(sa.Column("waiting", sa.JSON(none_as_null=True), nullable=True))
        batch_op.create_index(
            "ix_shelf_watch_waiting",
            ["tenant_id", "cooler_id"],
            unique=False,
            sqlite_where=sa.text("waiting IS NOT NULL"),
            postgresql_where=sa.text("waiting IS NOT NULL"),
        )


def downgrade() -> None:
    """Take the tables back."""
    with op.batch_alter_table("shelf_watch", schema=None) as batch_op:
        batch_op.drop_index("ix_shelf_watch_waiting")
        batch_op.drop_column("waiting")

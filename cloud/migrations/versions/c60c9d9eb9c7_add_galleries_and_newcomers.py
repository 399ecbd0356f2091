"""Add galleries and newcomers.

Revision ID: c60c9d9eb9c7
Revises: 3e5e63999665
Create Date: 2026-11-22 12:29:10.215346
"""

import sqlalchemy as sa
from alembic import op

revision = "c60c9d9eb9c7"
down_revision = "3e5e63999665"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "gallery_picture",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("suffix", sa.String(length=4), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("added_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_gallery_picture_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("tenant_id", "sku", "sha256", name=op.f("pk_gallery_picture")),
    )
    op.create_table(
        "gallery_tuning",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("embedder", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_gallery_tuning_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_gallery_tuning")),
    )
    op.create_table(
        "gallery_version",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.Column("skus", sa.Integer(), nullable=False),
        sa.Column("pictures", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_gallery_version_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("tenant_id", "version", name=op.f("pk_gallery_version")),
    )
    op.create_table(
        "newcomer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("embedder", sa.String(length=64), nullable=False),
        sa.Column("total", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=False),
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_newcomer_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_newcomer")),
    )
    with op.batch_alter_table("newcomer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_newcomer_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "newcomer_cooler",
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.Column("newcomer_id", sa.Integer(), nullable=False),
        sa.Column("cooler_id", sa.String(length=64), nullable=False),
        sa.Column("sightings", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["newcomer_id"], ["newcomer.id"], name=op.f("fk_newcomer_cooler_newcomer_id_newcomer")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_newcomer_cooler_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("tenant_id", "newcomer_id", "cooler_id", name=op.f("pk_newcomer_cooler")),
    )
    op.create_table(
        "newcomer_sighting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("newcomer_id", sa.Integer(), nullable=True),
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("cooler_id", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("x", sa.Double(), nullable=False),
        sa.Column("y", sa.Double(), nullable=False),
        sa.Column("w", sa.Double(), nullable=False),
        sa.Column("h", sa.Double(), nullable=False),
        sa.Column("look", sa.LargeBinary(), nullable=False),
        sa.Column("embedder", sa.String(length=64), nullable=False),
        sa.Column("tenant_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["newcomer_id"], ["newcomer.id"], name=op.f("fk_newcomer_sighting_newcomer_id_newcomer")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_newcomer_sighting_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_newcomer_sighting")),
    )
    with op.batch_alter_table("newcomer_sighting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_newcomer_sighting_tenant_id"), ["tenant_id"], unique=False)
        batch_op.create_index("ix_newcomer_sighting_tenant_newcomer", ["tenant_id", "newcomer_id"], unique=False)


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("newcomer_sighting", schema=None) as batch_op:
        batch_op.drop_index("ix_newcomer_sighting_tenant_newcomer")
        batch_op.drop_index(batch_op.f("ix_newcomer_sighting_tenant_id"))

    op.drop_table("newcomer_sighting")
    op.drop_table("newcomer_cooler")
    with op.batch_alter_table("newcomer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_newcomer_tenant_id"))

    op.drop_table("newcomer")
    op.drop_table("gallery_version")
    op.drop_table("gallery_tuning")
    op.drop_table("gallery_picture")

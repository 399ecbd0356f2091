"""A tenant's gallery: the pictures that stand for its products, and the versions published of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from cloud.records import Base, TenantKeyed


class GalleryPictureRow(TenantKeyed, Base):
    """A picture of a product, named by its content; its bytes lie in the photo store and never change."""

    __tablename__ = "gallery_picture"

    sku: Mapped[str] = mapped_column(String(64), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    suffix: Mapped[str] = mapped_column(String(4))
    bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    source: Mapped[str] = mapped_column(String(16), default="upload")
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(String(200))

    @property
    def path(self) -> str:
        """Where its bytes lie in the photo store."""
        return picture_path(self.tenant_id, self.sha256, self.suffix)


def picture_path(tenant: str, sha256: str, suffix: str) -> str:
    """Where the bytes of a gallery's picture lie in the photo store."""
    return f"{tenant}/gallery/{sha256}.{suffix}"


class GalleryTuningRow(TenantKeyed, Base):
    """What the gallery learned from labelled photos; the next version published carries it."""

    __tablename__ = "gallery_tuning"

    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int]
    embedder: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime]

    @property
    def path(self) -> str:
        """Where its bytes lie in the photo store."""
        return tuning_path(self.tenant_id, self.sha256)


def tuning_path(tenant: str, sha256: str) -> str:
    """Where the bytes of a gallery's tuning lie in the photo store."""
    return f"{tenant}/gallery/{sha256}.npz"


class GalleryVersion(TenantKeyed, Base):
    """A gallery as it was published and signed: it never changes."""

    __tablename__ = "gallery_version"

    version: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    manifest: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[str] = mapped_column(String(128))
    skus: Mapped[int]
    pictures: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(String(200), default="")

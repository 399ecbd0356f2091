"""Keeping a tenant's gallery, and publishing versions of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from cloud.api.errors import ApiError, not_found
from cloud.api.reading import existing
from cloud.catalog.galleries.bundles import manifest_of
from cloud.catalog.galleries.models import (
    GalleryPictureRow,
    GalleryTuningRow,
    GalleryVersion,
    picture_path,
    tuning_path,
)
from cloud.catalog.galleries.pictures import Picture, prepared
from cloud.catalog.models import Product
from cloud.identity.service import Caller, record
from cloud.services import Services
from cloud.settings import CloudSettings, kept_secret
from facings.galleries import (
    GalleryManifest,
    GalleryPicture,
    GalleryTuning,
    in_order,
    private_key_from,
    public_key_of,
    sign,
)
from facings.pictures import read_header

MOST_PICTURES = 60
"""Of one product. Five good ones do; each costs every device a download and every product a comparison."""


def signing_key(settings: CloudSettings, tenant: str) -> Ed25519PrivateKey:
    """The key that signs the tenant's galleries: made at first use, readable by its owner only."""
    return private_key_from(kept_secret(settings.data_dir, f"gallery-{tenant}"))


def public_key(settings: CloudSettings, tenant: str) -> str:
    """The key by which devices know the tenant's galleries, 64 hex digits."""
    return public_key_of(signing_key(settings, tenant))


def product_named(session: Session, name: str) -> Product:
    """The product of this SKU or GTIN.

    Raises:
        ApiError: 404 where there is none.
    """
    found = session.scalar(select(Product).where(or_(Product.sku == name, Product.gtin == name)))
    if found is None:
        raise not_found("product", name)
    return found


def pictures_of(session: Session, sku: str | None = None) -> list[GalleryPictureRow]:
    """The gallery as it stands, in order; of one product, or of all."""
    wanted = select(GalleryPictureRow).order_by(GalleryPictureRow.sku, GalleryPictureRow.sha256)
    return list(session.scalars(wanted.where(GalleryPictureRow.sku == sku) if sku else wanted))


def add_picture(session: Session, services: Services, caller: Caller, sku: str, encoded: bytes) -> GalleryPictureRow:
    """Take a picture of a product into the gallery; the next version published has it.

    Raises:
        PhotoError: it cannot be used.
        ApiError: 409 where it is another product's, or the product has enough.
    """
    return keep_picture(session, services, caller, sku, prepared(encoded), "upload")


def keep_picture(
    session: Session, services: Services, caller: Caller, sku: str, picture: Picture, source: str
) -> GalleryPictureRow:
    """Note a picture that is ready to be kept; see `add_picture`."""
    digest = picture.sha256
    holder = session.scalar(select(GalleryPictureRow).where(GalleryPictureRow.sha256 == digest))
    if holder and holder.sku == sku:
        return holder
    if holder:
        raise ApiError(409, f"this is a picture of {holder.sku!r} already", "remove it there, if it is this product")
    count = session.scalar(select(func.count()).where(GalleryPictureRow.sku == sku).select_from(GalleryPictureRow))
    if (count or 0) >= MOST_PICTURES:
        raise ApiError(409, f"{sku!r} has {MOST_PICTURES} pictures", "remove some first; five good ones do")
    row = GalleryPictureRow(
        sku=sku,
        sha256=digest,
        suffix=picture.suffix,
        bytes=len(picture.content),
        width=picture.width,
        height=picture.height,
        source=source,
        added_at=services.clock.now(),
        added_by=caller.actor,
    )
    services.photos.put(picture_path(caller.tenant, digest, picture.suffix), picture.content)
    session.add(row)
    record(session, caller, "gallery.add", sku, {"sha256": digest, "source": source})
    session.flush()
    return row


def remove_picture(session: Session, caller: Caller, sku: str, sha256: str) -> None:
    """Take a picture out; versions published before keep it.

    Raises:
        ApiError: 404 where there is none.
    """
    found = existing(session, GalleryPictureRow, (caller.tenant, sku, sha256), "picture")
    session.delete(found)
    record(session, caller, "gallery.remove", sku, {"sha256": sha256})


def put_tuning(session: Session, services: Services, caller: Caller, content: bytes, tuning: GalleryTuning,
               embedder: str) -> None:  # fmt: skip
    """Keep what the gallery learned from labelled photos, for the next version."""
    services.photos.put(tuning_path(caller.tenant, tuning.sha256), content)
    row = session.get(GalleryTuningRow, caller.tenant) or GalleryTuningRow(tenant_id=caller.tenant)
    row.sha256, row.bytes, row.embedder = tuning.sha256, tuning.bytes, embedder
    row.added_at = services.clock.now()
    session.add(row)
    record(session, caller, "gallery.tuning", embedder)


def newest(session: Session) -> GalleryVersion | None:
    """The version published last."""
    return session.scalar(select(GalleryVersion).order_by(GalleryVersion.version.desc()).limit(1))


def version_named(session: Session, caller: Caller, version: int) -> GalleryVersion:
    """A published version.

    Raises:
        ApiError: 404 where there is none.
    """
    return existing(session, GalleryVersion, (caller.tenant, version), "gallery version")


def publish(session: Session, services: Services, caller: Caller, note: str = "") -> GalleryVersion:
    """Sign the gallery as it stands and make it the newest version; where nothing changed, that is the newest already.

    Call `services.galleries.announce` once the session is committed.

    Raises:
        ApiError: 409 where the gallery holds no picture.
    """
    before = newest(session)
    manifest = _as_it_stands(session, caller.tenant, before.version + 1 if before else 1, services.clock.now())
    if not manifest.pictures:
        raise ApiError(409, "the gallery holds no picture", "add pictures of a product first")
    if before and _contents(manifest_of(before)) == _contents(manifest):
        return before
    return _keep_version(session, services, caller, manifest, note)


def is_changed(session: Session, published: GalleryVersion | None) -> bool:
    """Whether the gallery differs from the version published last."""
    if published is None:
        return bool(pictures_of(session))
    present = _as_it_stands(session, published.tenant_id, published.version, published.created_at)
    return _contents(present) != _contents(manifest_of(published))


def _as_it_stands(session: Session, tenant: str, version: int, at: datetime) -> GalleryManifest:
    rows = pictures_of(session)
    pictures = (
        GalleryPicture.model_validate({name: getattr(row, name) for name in GalleryPicture.model_fields})
        for row in rows
    )
    tuning = session.get(GalleryTuningRow, tenant)
    return GalleryManifest(
        tenant=tenant,
        version=version,
        created_at=at,
        pictures=in_order(pictures),
        embedder=tuning.embedder if tuning else None,
        tuning=GalleryTuning(sha256=tuning.sha256, bytes=tuning.bytes) if tuning else None,
        heights=_heights(session, {row.sku for row in rows}) or None,
    )


def _heights(session: Session, skus: Collection[str]) -> dict[str, float]:
    """Millimetres of the products of which the catalogue knows them."""
    known = select(Product.sku, Product.height_mm).where(Product.height_mm.is_not(None)).order_by(Product.sku)
    return {sku: height for sku, height in session.execute(known) if sku in skus and height}


def _contents(manifest: GalleryManifest) -> object:
    return manifest.model_dump(include={"pictures", "embedder", "tuning", "heights"})


def _keep_version(
    session: Session, services: Services, caller: Caller, manifest: GalleryManifest, note: str
) -> GalleryVersion:
    signed = sign(manifest, signing_key(services.settings, caller.tenant))
    made = GalleryVersion(
        version=manifest.version,
        sha256=signed.sha256,
        manifest=signed.encoded,
        signature=signed.signature,
        skus=len(manifest.skus),
        pictures=len(manifest.pictures),
        created_at=manifest.created_at,
        created_by=caller.actor,
        note=note,
    )
    session.add(made)
    record(session, caller, "gallery.publish", str(manifest.version), {"note": note})
    session.flush()
    return made


def restore(session: Session, services: Services, caller: Caller, version: int) -> GalleryVersion:
    """Make the gallery what it was in `version` and publish that, under a new number: devices never go back.

    Raises:
        ApiError: 404 where there is no such version.
    """
    wanted = manifest_of(version_named(session, caller, version))
    for row in pictures_of(session):
        session.delete(row)
    tuning = session.get(GalleryTuningRow, caller.tenant)
    if tuning:
        session.delete(tuning)
    session.flush()
    now = services.clock.now()
    for picture in wanted.pictures:
        header = read_header(_bytes_of(services, caller.tenant, picture), 1)
        size = {"width": header.width, "height": header.height}
        given = {**picture.model_dump(), **size, "source": "restored", "added_at": now, "added_by": caller.actor}
        session.add(GalleryPictureRow(**given))
    if wanted.tuning and wanted.embedder:
        session.add(GalleryTuningRow(**wanted.tuning.model_dump(), embedder=wanted.embedder, added_at=now))
    session.flush()
    return publish(session, services, caller, f"as in version {version}")


def _bytes_of(services: Services, tenant: str, picture: GalleryPicture) -> bytes:
    return services.photos.read(picture_path(tenant, picture.sha256, picture.suffix))

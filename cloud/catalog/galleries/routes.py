"""/api/v1/gallery: pictures of products, published versions; and how devices fetch them."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Body, Path, Query, Response, status
from fastapi.responses import FileResponse
from sqlalchemy import select

from cloud.api.deps import CallerDep, DeviceDep, ManagerDep, ServicesDep, SessionDep
from cloud.api.errors import ApiError, not_found
from cloud.api.headers import FOREVER
from cloud.api.reading import answered_page
from cloud.api.routing import CommittingRoute
from cloud.api.shapes import AfterNumber, Limit, Page, RecordId
from cloud.catalog.galleries import service
from cloud.catalog.galleries.models import GalleryPictureRow, GalleryTuningRow, GalleryVersion
from cloud.catalog.galleries.schemas import GalleryAnswer, NewVersion, PictureAnswer, SkuPictures, VersionAnswer
from cloud.catalog.models import Product
from facings.galleries import GalleryTuning
from facings.ids import Slug

router = APIRouter(prefix="/api/v1", tags=["galleries"], route_class=CommittingRoute)

BUNDLE = "application/zip"
ProductName = Annotated[Slug, Path(description="SKU or GTIN of a product")]
Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the picture")]
PictureBytes = Annotated[bytes, Body(media_type="image/jpeg", description="a JPEG or PNG file as it is")]
TuningBytes = Annotated[bytes, Body(media_type="application/octet-stream", description="tuning.npz as it is")]
Embedder = Annotated[str, Query(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the embedder it was learned with")]
Since = Annotated[int | None, Query(ge=1, description="leave out pictures of this version, which you have")]


@router.get("/gallery")
def show_gallery(session: SessionDep, services: ServicesDep, who: CallerDep) -> GalleryAnswer:
    """The gallery as it stands: products and how many pictures each has."""
    counted = Counter(row.sku for row in service.pictures_of(session))
    names = {row.sku: row.name for row in session.scalars(select(Product).where(Product.sku.in_(counted)))}
    published = service.newest(session)
    return GalleryAnswer(
        published=VersionAnswer.model_validate(published) if published else None,
        changed=service.is_changed(session, published),
        public_key=service.public_key(services.settings, who.tenant),
        skus=[SkuPictures(sku=sku, name=names.get(sku, sku), pictures=count) for sku, count in sorted(counted.items())],
    )


@router.get("/gallery/skus/{product}/pictures")
def list_pictures(session: SessionDep, product: ProductName) -> list[PictureAnswer]:
    """The pictures of a product."""
    sku = service.product_named(session, product).sku
    return [_answer(row) for row in service.pictures_of(session, sku)]


@router.post("/gallery/skus/{product}/pictures", status_code=status.HTTP_201_CREATED)
def add_picture(
    session: SessionDep, services: ServicesDep, who: ManagerDep, product: ProductName, content: PictureBytes
) -> PictureAnswer:
    """Add a picture of a product, a pack shot or a crop of a photo; publish a version when all are there."""
    sku = service.product_named(session, product).sku
    return _answer(service.add_picture(session, services, who, sku, content))


@router.delete("/gallery/skus/{product}/pictures/{sha256}", status_code=status.HTTP_204_NO_CONTENT)
def remove_picture(session: SessionDep, who: ManagerDep, product: ProductName, sha256: Digest) -> None:
    """Take a picture out of the gallery; versions published before keep it."""
    service.remove_picture(session, who, service.product_named(session, product).sku, sha256)


@router.get(
    "/gallery/pictures/{sha256}",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}, "image/png": {}}}},
)
def show_picture(session: SessionDep, services: ServicesDep, sha256: Digest) -> Response:
    """The picture itself."""
    row = session.scalar(select(GalleryPictureRow).where(GalleryPictureRow.sha256 == sha256))
    if row is None:
        raise not_found("picture", sha256)
    media_type = "image/png" if row.suffix == "png" else "image/jpeg"
    return Response(services.photos.read(row.path), media_type=media_type, headers={"cache-control": FOREVER})


@router.put("/gallery/tuning", status_code=status.HTTP_204_NO_CONTENT)
def put_tuning(
    session: SessionDep, services: ServicesDep, who: ManagerDep, embedder: Embedder, content: TuningBytes
) -> None:
    """Send what the gallery learned from labelled photos (`facings models onboard`), for the next version."""
    tuning = GalleryTuning(sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))
    service.put_tuning(session, services, who, content, tuning, embedder)


@router.delete("/gallery/tuning", status_code=status.HTTP_204_NO_CONTENT)
def remove_tuning(session: SessionDep, who: ManagerDep) -> None:
    """Do without the tuning from the next version on, as after an update of the models."""
    found = session.get(GalleryTuningRow, who.tenant)
    if found:
        session.delete(found)


@router.get("/gallery/versions")
def list_versions(session: SessionDep, after: AfterNumber = None, limit: Limit = 100) -> Page[VersionAnswer]:
    """Published versions, oldest first."""
    return answered_page(VersionAnswer, session, select(GalleryVersion), GalleryVersion.version, after, limit)


@router.post("/gallery/versions", status_code=status.HTTP_201_CREATED)
def publish_version(
    session: SessionDep,
    services: ServicesDep,
    who: ManagerDep,
    background: BackgroundTasks,
    body: NewVersion | None = None,
) -> VersionAnswer:
    """Publish the gallery as it stands, or again as it was: signed, and on its way to every device at once."""
    wanted = body or NewVersion()
    if wanted.restore is None:
        made = service.publish(session, services, who, wanted.note)
    else:
        made = service.restore(session, services, who, wanted.restore)
    background.add_task(services.galleries.announce, who.tenant)
    return VersionAnswer.model_validate(made)


@router.get("/gallery/versions/{version_id}", response_class=FileResponse, responses={200: {"content": {BUNDLE: {}}}})
def show_version(session: SessionDep, services: ServicesDep, who: CallerDep, version_id: RecordId) -> FileResponse:
    """The signed bundle of a version, for `facings gallery verify` and `import`."""
    found = service.version_named(session, who, version_id)
    return FileResponse(services.bundles.file_of(found), media_type=BUNDLE)


@router.get(
    "/device/gallery/versions/{version_id}", response_class=FileResponse, responses={200: {"content": {BUNDLE: {}}}}
)
def fetch_version(services: ServicesDep, device: DeviceDep, version_id: RecordId, since: Since = None) -> FileResponse:
    """The signed bundle of a version, as a device; with `since` only the pictures that version had not."""
    with services.records.session(device.tenant_id, write=False) as session:
        found = session.get(GalleryVersion, (device.tenant_id, version_id))
        known = session.get(GalleryVersion, (device.tenant_id, since)) if since else None
    if found is None:
        raise ApiError(404, f"there is no gallery version {version_id}", "wait for the next announcement")
    return FileResponse(services.bundles.file_of(found, known), media_type=BUNDLE)


def _answer(row: GalleryPictureRow) -> PictureAnswer:
    shown = ("sku", "sha256", "width", "height", "bytes", "source", "added_at", "added_by")
    content = f"{router.prefix}/gallery/pictures/{row.sha256}"
    return PictureAnswer(**{name: getattr(row, name) for name in shown}, content=content)

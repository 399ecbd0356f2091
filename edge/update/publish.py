"""Sends a local gallery to the cloud, which signs it and gives it to every device."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from edge.vision.gallery_bundle import pictures_in
from edge.vision.tuning import TUNING_NAME, read_tuning
from facings.errors import BadInputError, UnavailableError
from facings.heights import read_heights

TIMEOUT_S = 60.0
_OUR_FAULT = 500
_NO_FIELDS = {"sku", "group"}
"""What the cloud answers of a product beside the fields that it can be given."""


@dataclass(frozen=True)
class LocalGallery:
    """What a gallery's folder holds that devices are to have.

    Attributes:
        pictures: SKU and file of each.
        heights: millimetres by SKU.
        tuning: the file of what was learned from labelled photos; None where there is none for `embedder`.
        embedder: SHA-256 of the embedder that is used here.
    """

    pictures: list[tuple[str, Path]]
    heights: Mapping[str, float]
    tuning: Path | None
    embedder: str


@dataclass
class Published:
    """What came of it: the version's number, what the cloud refused and why, which heights it now has."""

    version: int = 0
    pictures_refused: int = 0
    refused: list[str] = field(default_factory=list)
    heights_set: list[str] = field(default_factory=list)
    heights_kept: list[str] = field(default_factory=list)
    """What the catalogue says otherwise, and keeps."""


def local_gallery(folder: Path, embedder: str) -> LocalGallery:
    """What the gallery in `folder` holds for devices whose embedder has the SHA-256 `embedder`.

    Raises:
        BadInputError: no folder, no picture, wrong heights, or a damaged tuning.
    """
    tuned = read_tuning(folder, embedder) is not None
    return LocalGallery(pictures_in(folder), read_heights(folder), folder / TUNING_NAME if tuned else None, embedder)


def publish_gallery(url: str, api_key: str, gallery: LocalGallery, note: str, on_sent: Callable[[], None]) -> Published:
    """Upload pictures, each under its SKU, the tuning, and heights that the catalogue lacks; publish a version.

    Args:
        url: address of the cloud.
        api_key: of a manager.
        gallery: what to send.
        note: what is new, for people.
        on_sent: called after each picture.

    Raises:
        UnavailableError: the cloud does not answer.
        BadInputError: the key is refused, or no picture was taken.
    """
    done = Published()
    headers = {"Authorization": f"Bearer {api_key}"}
    try:
        with httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=TIMEOUT_S) as http:
            for sku, file in gallery.pictures:
                _send_picture(http, sku, file, done)
                on_sent()
            if gallery.tuning:
                _send_tuning(http, gallery.tuning, gallery.embedder)
            for sku, millimetres in gallery.heights.items():
                _send_height(http, sku, millimetres, done)
            answer = http.post("/api/v1/gallery/versions", json={"note": note})
            if answer.is_error:
                raise BadInputError(f"the gallery is not published: {_told(answer)}")
            done.version = int(answer.json()["version"])
            return done
    except (httpx.HTTPError, OSError) as error:
        raise UnavailableError(f"cannot publish to {url}: {error or type(error).__name__}") from error


def _send_picture(http: httpx.Client, sku: str, file: Path, done: Published) -> None:
    media_type = "image/png" if file.suffix.lower() == ".png" else "image/jpeg"
    answer = http.post(
        f"/api/v1/gallery/skus/{sku}/pictures", content=file.read_bytes(), headers={"content-type": media_type}
    )
    if answer.is_error:
        done.refused.append(f"{sku}/{file.name}: {_told(answer)}")
        done.pictures_refused += 1


def _send_tuning(http: httpx.Client, file: Path, embedder: str) -> None:
    headers = {"content-type": "application/octet-stream"}
    address = f"/api/v1/gallery/tuning?embedder={embedder}"
    answer = http.put(address, content=file.read_bytes(), headers=headers)
    if answer.is_error:
        raise BadInputError(f"{file} is not taken: {_told(answer)}")


def _send_height(http: httpx.Client, sku: str, millimetres: float, done: Published) -> None:
    """Fill it in where the catalogue has none: what somebody entered there is not overwritten."""
    address = f"/api/v1/products/{sku}"
    answer = http.get(address)
    if answer.is_error:
        done.refused.append(f"height of {sku}: {_told(answer)}")
        return
    product: dict[str, Any] = answer.json()
    known = product["height_mm"]
    if known is None:
        body = {name: value for name, value in product.items() if name not in _NO_FIELDS}
        answer = http.put(address, json=body | {"height_mm": millimetres})
        if answer.is_error:
            done.refused.append(f"height of {sku}: {_told(answer)}")
        else:
            done.heights_set.append(sku)
    elif known != millimetres:
        done.heights_kept.append(f"{sku}: {known:g} mm in the catalogue, {millimetres:g} mm here")


def _told(answer: httpx.Response) -> str:
    """What the cloud says is wrong.

    Raises:
        UnavailableError: it is the cloud that does not work.
        BadInputError: the key is not accepted.
    """
    try:
        message = str(answer.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        message = answer.text[:200]
    if answer.status_code >= _OUR_FAULT:
        raise UnavailableError(f"the cloud answered {answer.status_code}: {message}")
    if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise BadInputError(f"the API key is not accepted: {message}; make one with `facings cloud key add`")
    return message

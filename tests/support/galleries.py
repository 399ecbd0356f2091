"""Gallery bundles for tests: pictures of plain packs, signed with a key of the test."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from facings.bundles import write_bundle
from facings.galleries import GalleryManifest, GalleryPicture, SignedManifest, in_order, public_key_of, sign

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = public_key_of(KEY)
MADE_AT = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def pack(hue: int) -> bytes:
    """A PNG of a coloured pack with a label, on white."""
    pixels = np.full((120, 80, 3), 255, np.uint8)
    cv2.rectangle(pixels, (20, 10), (60, 110), (hue, 255 - hue, (hue * 3) % 256), cv2.FILLED)
    cv2.rectangle(pixels, (20, 50), (60, 75), (255 - hue, 40, hue), cv2.FILLED)
    return cv2.imencode(".png", pixels)[1].tobytes()


def signed_gallery(
    version: int, packs: dict[str, tuple[int, ...]], key: Ed25519PrivateKey = KEY, **fields: Any
) -> tuple[SignedManifest, dict[str, bytes]]:
    """A signed manifest and its files; `packs` gives the hues of each SKU's pictures."""
    pictures, files = [], {}
    for sku, hues in packs.items():
        for content in map(pack, hues):
            digest = hashlib.sha256(content).hexdigest()
            pictures.append(GalleryPicture(sku=sku, sha256=digest, suffix="png", bytes=len(content)))
            files[pictures[-1].entry] = content
    given: dict[str, Any] = {"tenant": "acme", "created_at": MADE_AT}
    manifest = GalleryManifest(version=version, pictures=in_order(pictures), **(given | fields))
    return sign(manifest, key), files


def bundle_file(file: Path, version: int, packs: dict[str, tuple[int, ...]], **fields: Any) -> Path:
    """A whole bundle on the disk."""
    file.write_bytes(write_bundle(*signed_gallery(version, packs, **fields)))
    return file

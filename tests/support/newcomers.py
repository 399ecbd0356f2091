"""Photos of products that no gallery knows, sent straight to the stores: each with a picture and looks."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np

from cloud.audits.models import Photo
from facings.messages import Box, Observation, Product
from tests.support.shelf import Shelf

MODELS = {"product-detector": "0" * 64, "sku-embedder": "e" * 64}
WIDTH, HEIGHT = 640, 480


def look(product: int, noise: float = 0.0, seed: int = 0) -> str:
    """The look of one of many different products, as an embedder might see it under other light."""
    middle = np.random.default_rng(product).normal(size=128)
    vector = middle + noise * np.random.default_rng(1000 + seed).normal(size=128)
    return base64.b64encode(np.rint(vector * 127 / np.abs(vector).max()).astype(np.int8).tobytes()).decode()


def unknown_photo(
    shelf: Shelf,
    hour: float,
    products: list[int],
    *,
    device: str = "cooler-01",
    stored: bool = True,
    resembles: Mapping[int, str] | None = None,
    named: Mapping[int, str] | None = None,
    **fields: Any,
) -> Observation:
    """A photo of a row of unknown products, each drawn as a pack of its own colour; sent, and its picture stored.

    `resembles` are the SKUs that the device takes some of the products to resemble; `named` those that it knows after
    all.
    """
    pixels = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    seen = []
    for place, product in enumerate(products):
        x = 10 + 70 * place
        colour = [int(value) for value in np.random.default_rng(product).integers(30, 255, 3)]
        cv2.rectangle(pixels, (x, 200), (x + 49, 339), colour, cv2.FILLED)
        cv2.rectangle(pixels, (x, 240), (x + 49, 240 + 5 * int(hour) + 5), (255, 255, 255), cv2.FILLED)
        box = Box(x=x / WIDTH, y=200 / HEIGHT, w=50 / WIDTH, h=140 / HEIGHT)
        seen.append(
            Product(
                box=box,
                score=0.9,
                sku_confidence=0.9,
                row=0,
                column=place,
                sku=(named or {}).get(product),
                look=None if product in (named or {}) else look(product, 0.2, int(100 * hour) + place),
                resembles=(resembles or {}).get(product),
            )
        )
    counts = Counter((named or {}).get(product) for product in products)
    message = shelf.photo(hour, counts, products=tuple(seen), models=MODELS, **fields)
    assert isinstance(message, Observation)
    shelf.send(message, device=device)
    if stored:
        services = shelf.services
        with services.records.session("acme") as session:
            photo = session.get_one(Photo, ("acme", message.photo_id))
            services.photos.put(photo.path, cv2.imencode(".jpg", pixels)[1].tobytes())
            photo.stored_at = services.clock.now()
    return message

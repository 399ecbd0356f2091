"""Messages as a device would send them, for tests to vary."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from facings.ids import uuid7
from facings.messages import Box, ClockState, ImageRef, Line, Observation, Product, Quality, State, Timing, View

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
CLOCK = ClockState(synced=True, source="ntp")
BOOT = uuid.UUID("01a201c2-8443-7210-871d-1f2e9a6195aa")


def lines_of(counts: dict[str | None, int], confidence: float = 0.97) -> tuple[Line, ...]:
    """One line per SKU, every unit a facing."""
    total = sum(counts.values())
    return tuple(
        Line(
            sku=sku,
            units=units,
            facings=units,
            linear_share=units / total if total else 0,
            confidence=confidence,
            count_sd=0.2,
        )
        for sku, units in counts.items()
    )


def products_of(counts: dict[str | None, int]) -> tuple[Product, ...]:
    """Products side by side in one row."""
    skus = [sku for sku, units in counts.items() for _ in range(units)]
    width = 1 / max(len(skus), 1)
    return tuple(
        Product(
            box=Box(x=round(i * width, 4), y=0.4, w=round(width * 0.9, 4), h=0.3),
            sku=sku,
            score=0.95,
            sku_confidence=0.97,
            row=0,
            column=i,
        )
        for i, sku in enumerate(skus)
    )


def observation(units: int = 2, counts: dict[str | None, int] | None = None, **fields: Any) -> Observation:
    """An observation of `counts` (SKU to units; default: `units` of `cola-330`)."""
    counts = {"cola-330": units} if counts is None else counts
    moment = fields.get("captured_at", NOON)
    given: dict[str, Any] = {
        "boot_id": BOOT,
        "seq": 1,
        "captured_at": moment,
        "sent_at": moment,
        "clock": CLOCK,
        "photo_id": uuid7(),
        "trigger": "schedule",
        "quality": Quality(verdict="good", brightness=0.5, contrast=0.2, sharpness=0.3),
        "image": ImageRef(sha256="0" * 64, bytes=1000, width=960, height=1280, media_type="image/jpeg"),
        "lines": lines_of(counts),
        "products": products_of(counts),
        "rows": 1,
        "confidence": 0.95,
        "models": {"product-detector": "0" * 64},
        "timing": Timing(due_at=moment, taken_at=moment, vision_ms=120),
    }
    return Observation(**(given | fields))


def of_two_cameras(counts: dict[str | None, int], upper: int, problem: str = "", **fields: Any) -> Observation:
    """An observation of `counts` with two cameras: the `upper` half shows the first so many products of it.

    With a `problem` the upper camera gave no photo, and its products are not told.
    """
    whole = products_of(counts)
    halves = (() if problem else whole[:upper], whole[upper:])
    products = tuple(
        product.model_copy(update={"row": view, "view": view, "place": product.box.model_copy(update={"y": view / 2})})
        for view, half in enumerate(halves)
        for product in half
    )
    seen = Counter(product.sku for product in products)
    image = ImageRef(sha256="1" * 64, bytes=900, width=960, height=640, media_type="image/jpeg")
    good = Quality(verdict="good", brightness=0.5, contrast=0.2, sharpness=0.3)
    lower = View(camera="bottom", shows="lower", photo_id=uuid7(), image=image, quality=good)
    top = {"photo_id": uuid7(), "image": image, "quality": good} if not problem else {"problem": problem}
    views = (View(camera="top", shows="upper", **top), lower)
    main = lower if problem else views[0]
    reasons = ("part of the cooler was not seen",) if problem else ()
    given: dict[str, Any] = {
        "photo_id": main.photo_id,
        "camera": main.camera,
        "image": image,
        "lines": lines_of(dict(seen)),
        "products": products,
        "rows": 2,
        "views": views,
        "coverage": 0.5 if problem else 1.0,
        "quality": good.model_copy(update={"verdict": "poor", "reasons": reasons} if problem else {}),
    }
    return observation(counts=dict(seen), **(given | fields))


def state(**fields: Any) -> State:
    """An `online` state."""
    given: dict[str, Any] = {"boot_id": BOOT, "captured_at": NOON, "sent_at": NOON, "clock": CLOCK, "state": "online"}
    return State(**(given | fields))

"""The photos of one observation and what is drawn over them: one photo, or those of several cameras."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass

from cloud.web.views import DrawnBox, DrawnTag, Picture, Shot, Unseen
from facings.messages import Box, CoolerPart, Gap, ImageRef, Observation, PriceTag, Product, View

STACKED: dict[CoolerPart, int] = {"upper": 0, "middle": 1, "lower": 2}
"""Parts of a cooler that lie above one another, by their order on the page."""
ABREAST: dict[CoolerPart, int] = {"left": 0, "centre": 1, "right": 2}
"""Parts that lie beside one another."""


@dataclass(frozen=True)
class Pictures:
    """Draws the photos of an observation.

    `name` and `group` tell of a SKU (None: unknown) how it is called, and whose it is; `stored` are the ids of the
    photos that have come.
    """

    found: Observation
    name: Callable[[str | None], str]
    group: Callable[[str], str]
    stored: Set[uuid.UUID]

    def shot(self) -> Shot:
        """All of it, pictures from the top and from the left as they hang in the cooler."""
        found, views = self.found, self.found.views
        ordered = sorted(range(len(views)), key=lambda n: (_place(views[n].shows), n))
        return Shot(
            photo=found.photo_id,
            observation=found.id,
            observed_at=found.captured_at,
            verdict=found.quality.verdict,
            reasons=found.quality.reasons,
            whole=found.stands_for_cooler,
            pictures=[picture for n in ordered if (picture := self._of_view(n, views[n]))] or [self._alone()],
            stacked=bool(views) and all(view.shows in STACKED for view in views),
            unseen=unseen_of(found),
        )

    def _alone(self) -> Picture:
        return self._picture(
            self.found.photo_id, self.found.image, self.found.products, self.found.gaps, self.found.price_tags
        )

    def _of_view(self, number: int, view: View) -> Picture | None:
        if view.photo_id is None or view.image is None:
            return None
        products = [product for product in self.found.products if product.view == number]
        gaps = [gap for gap in self.found.gaps if gap.view == number]
        tags = [tag for tag in self.found.price_tags if tag.view == number]
        return self._picture(view.photo_id, view.image, products, gaps, tags, view.camera, view.shows)

    def _picture(
        self,
        photo: uuid.UUID,
        image: ImageRef,
        products: Iterable[Product],
        gaps: Iterable[Gap],
        tags: Iterable[PriceTag],
        camera: str = "",
        shows: CoolerPart = "whole",
    ) -> Picture:
        size = (image.width, image.height)
        return Picture(
            photo=photo,
            camera=camera,
            shows=shows,
            stored=photo in self.stored,
            width=image.width,
            height=image.height,
            boxes=self._boxes(products, size),
            gaps=[DrawnBox(*_pixels(gap.box, size)) for gap in gaps],
            tags=[DrawnTag(*_pixels(tag.box, size), tag.price) for tag in tags],
        )

    def _boxes(self, products: Iterable[Product], size: tuple[int, int]) -> Sequence[DrawnBox]:
        """Shelf by shelf, left to right, as the arrow keys go."""
        return [
            DrawnBox(
                *_pixels(product.box, size),
                sku=product.sku or "",
                name=self.name(product.sku),
                group=self.group(product.sku or ""),
                confidence=product.sku_confidence,
                front=product.front,
            )
            for product in sorted(products, key=lambda product: (product.row, product.box.x))
        ]


def unseen_of(found: Observation) -> list[Unseen]:
    """The cameras whose part of the cooler was not seen."""
    return [
        Unseen(view.camera, view.shows, (view.quality.reasons if view.quality else ()) or (view.problem,))
        for view in found.views
        if view.problem
    ]


def _place(shows: CoolerPart) -> int:
    return STACKED.get(shows, ABREAST.get(shows, 0))


def _pixels(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    width, height = size
    return round(box.x * width), round(box.y * height), round(box.w * width), round(box.h * height)

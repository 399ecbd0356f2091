"""From labelled photos to training images: the variety of shops, cameras and distances that the photos lack.

A training image is one crop, or some crops side by side. Each crop brings its photo's products to a drawn size, so that
close photos and whole coolers teach the same range of sizes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.boxes import Boxes, areas, intersections
from edge.vision.detections import PERSON, PRODUCT, IntArray
from models.detector.photoset import LabelledPhoto, as_boxes, read_pixels
from models.detector.weather import weathered

Pixels = npt.NDArray[np.uint8]

_GREY = 114
_MIN_SIDE = 6.0
_SEEN_ENOUGH = 0.35
_LEAST_FILLED = 0.75
_PHOTOS_IN_MEMORY = 600
_SEEN_ASIDE, _STEEPEST = 0.35, 0.2
_MOST_ENLARGED = 2.2


@dataclass(frozen=True)
class Source:
    """Photos of one kind. `narrowing` and `widening` bound the logarithm of the drawn change of aspect."""

    name: str
    photos: list[LabelledPhoto]
    weight: float
    narrowing: float
    widening: float


@dataclass(frozen=True)
class Drawn:
    """A training image.

    Attributes:
        image: (side, side, 3) BGR.
        boxes, classes: (N, 4) pixels and (N,) what is there, and its class.
        ignored, ignored_classes: (M, 4) and (M,) regions that teach nothing of one class.
    """

    image: Pixels
    boxes: Boxes
    classes: IntArray
    ignored: Boxes
    ignored_classes: IntArray


@dataclass
class Sampler:
    """Draws training images of `side` pixels from `sources`.

    Attributes:
        classes: names of the detector's classes.
        product_sides: smallest and largest typical product, as the square root of its area in pixels.
        mosaic: shares of images made of 1, 4, 9... crops.
    """

    sources: list[Source]
    side: int
    product_sides: tuple[float, float]
    mosaic: tuple[float, ...]
    random: np.random.Generator
    classes: tuple[str, ...] = (PRODUCT,)
    _decoded: dict[str, Pixels] = field(default_factory=dict)

    def draw(self) -> Drawn:
        """One training image."""
        image = np.empty((self.side, self.side, 3), np.uint8)
        parts = []
        per_side = 1 + int(self.random.choice(len(self.mosaic), p=self.mosaic))
        columns, rows = self._cuts(per_side), self._cuts(per_side)
        for left, right in pairwise(columns):
            for top, bottom in pairwise(rows):
                part = self._crop(right - left, bottom - top)
                image[top:bottom, left:right] = part.image
                shift = np.asarray([left, top, left, top], np.float32)
                parts.append(replace(part, boxes=part.boxes + shift, ignored=part.ignored + shift))
        boxes, ignored = (np.concatenate(rows) for rows in zip(*((p.boxes, p.ignored) for p in parts), strict=True))
        if self.random.random() < 0.5:
            image = np.flip(image, 1)
            boxes, ignored = _mirrored(boxes, self.side), _mirrored(ignored, self.side)
        classes = np.concatenate([part.classes for part in parts])
        return Drawn(weathered(image, self.random), boxes, classes, ignored,
                     np.concatenate([part.ignored_classes for part in parts]))  # fmt: skip

    def _cuts(self, parts: int) -> list[int]:
        """Where `parts` crops of one row or column begin and end."""
        even = np.arange(1, parts) + self.random.uniform(-0.2, 0.2, parts - 1)
        return [0, *(int(cut * self.side / parts) for cut in even), self.side]

    def _crop(self, width: int, height: int) -> Drawn:
        source = self.sources[self.random.choice(len(self.sources), p=self._shares())]
        photo = source.photos[self.random.integers(len(source.photos))]
        pixels = self._pixels(photo)
        matrix = self._view(photo, source, (pixels.shape[1], pixels.shape[0]), (width, height))
        if matrix[0, 0] < 0.5:
            # Warping takes single pixels; what shrinks much is blurred first so that no pattern appears.
            size = round(0.6 / matrix[0, 0]) | 1
            pixels = np.asarray(cv2.blur(pixels, (size, size)), np.uint8)
        image = cv2.warpAffine(
            pixels,
            matrix,
            (width, height),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(_GREY,) * 3,
        )
        cuts = [_cut_labels(photo, name, matrix, width, height) for name in self.classes]
        return Drawn(
            np.asarray(image, np.uint8),
            np.concatenate([boxes for boxes, _ in cuts]),
            np.repeat(np.arange(len(cuts)), [len(boxes) for boxes, _ in cuts]),
            np.concatenate([ignored for _, ignored in cuts]),
            np.repeat(np.arange(len(cuts)), [len(ignored) for _, ignored in cuts]),
        )

    def _view(
        self, photo: LabelledPhoto, source: Source, size: tuple[int, int], target: tuple[int, int]
    ) -> npt.NDArray[np.float64]:
        """The affine map from the photo to the crop: size, aspect, a small turn, and a product near the middle.

        Seen from aside, shelves slant while products stay upright: sometimes only the photo's rows are sheared.
        """
        draw = self.random
        typical = float(np.median(np.sqrt(areas(photo.boxes)))) if len(photo.boxes) else max(size) / 8
        low, high = np.log(self.product_sides)
        filling = _LEAST_FILLED * min(target[0] / size[0], target[1] / size[1])
        scale = float(np.clip(np.exp(draw.uniform(low, high)) / max(typical, 1.0), filling, _MOST_ENLARGED))
        aspect = float(np.exp(draw.uniform(source.narrowing, source.widening)))
        turn, shear = np.radians(draw.uniform(-4, 4)), draw.uniform(-0.04, 0.04)
        across, down = scale * np.sqrt(aspect), scale / np.sqrt(aspect)
        slant = draw.uniform(-_STEEPEST, _STEEPEST) if draw.random() < _SEEN_ASIDE else 0.0
        turned = np.array([[np.cos(turn), -np.sin(turn) + shear], [np.sin(turn) + slant, np.cos(turn)]])
        linear = turned @ np.diag([across, down])
        if len(photo.boxes):
            box = photo.boxes[draw.integers(len(photo.boxes))]
            anchor = (box[:2] + box[2:]) / 2
        else:
            anchor = np.array(size) * draw.uniform(0.2, 0.8, 2)
        # Keep the crop on the photo where the photo is large enough, else centre the photo.
        half = np.array(target) / 2 / (across, down)
        limits = np.array(size, float)
        wanted = anchor + draw.uniform(-0.8, 0.8, 2) * half
        centre = np.where(limits > 2 * half, np.clip(wanted, half, np.maximum(limits - half, half)), limits / 2)
        shift = np.array(target) / 2 - linear @ centre
        return np.hstack([linear, shift[:, None]])

    def _shares(self) -> npt.NDArray[np.float64]:
        weights = np.array([source.weight for source in self.sources])
        return np.asarray(weights / weights.sum())

    def _pixels(self, photo: LabelledPhoto) -> Pixels:
        key = str(photo.path)
        if key not in self._decoded:
            if len(self._decoded) >= _PHOTOS_IN_MEMORY:
                self._decoded.pop(next(iter(self._decoded)))
            self._decoded[key] = read_pixels(photo.path)
        return self._decoded[key]


def _cut_labels(
    photo: LabelledPhoto, name: str, matrix: npt.NDArray[np.float64], width: int, height: int
) -> tuple[Boxes, Boxes]:
    """Boxes and ignored regions of one class in the crop; a class that was not labelled is ignored everywhere."""
    labels = photo.labels(name)
    if labels is None:
        return as_boxes([]), as_boxes([(0, 0, width, height)])
    seen_enough = 0.0 if name == PERSON else _SEEN_ENOUGH  # any part of a person is one
    boxes, hidden = _cut(_warped(labels.boxes, matrix), width, height, seen_enough)
    ignored, _ = _cut(_warped(labels.ignored, matrix), width, height, keep_all=True)
    return boxes, np.concatenate([ignored, hidden])


def _warped(boxes: Boxes, matrix: npt.NDArray[np.float64]) -> Boxes:
    """The boxes around the four edge midpoints of warped boxes: tighter than around the corners for a small turn."""
    if not len(boxes):
        return boxes
    x1, y1, x2, y2 = boxes.T
    middle_x, middle_y = (x1 + x2) / 2, (y1 + y2) / 2
    points = np.stack([[x1, middle_y], [x2, middle_y], [middle_x, y1], [middle_x, y2]])
    moved = np.einsum("ij,pjn->pin", matrix[:, :2], points) + matrix[:, 2][None, :, None]
    return np.concatenate([moved.min(axis=0), moved.max(axis=0)]).T.astype(np.float32)


def _cut(
    boxes: Boxes, width: int, height: int, seen_enough: float = _SEEN_ENOUGH, keep_all: bool = False
) -> tuple[Boxes, Boxes]:
    """Boxes cut to the crop: those still seen enough of, and the rest, which is to be ignored."""
    frame = np.asarray([[0, 0, width, height]], np.float32)
    seen = intersections(boxes, frame)[:, 0] / np.maximum(areas(boxes), 1e-9)
    cut = np.clip(boxes, 0, frame[0, [2, 3, 2, 3]])
    sides = cut[:, 2:] - cut[:, :2]
    some = np.all(sides > 0, axis=1)
    good = some & (keep_all | ((seen >= seen_enough) & np.all(sides >= _MIN_SIDE, axis=1)))
    return cut[good], cut[some & ~good]


def _mirrored(boxes: Boxes, width: int) -> Boxes:
    return np.stack([width - boxes[:, 2], boxes[:, 1], width - boxes[:, 0], boxes[:, 3]], axis=1)

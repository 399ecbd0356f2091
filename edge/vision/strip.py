"""Photos of neighbouring parts of a cooler: laid over each other by the pixels of the strip that both show.

Method: ORB features (Rublee et al., 2011) of the strips along the edges that face each other, matched both ways, and a
similarity fitted to them by RANSAC. The same labels stand in many places of a cooler, so that a map by which many match
may still be wrong: it counts only if all that the photos then share looks the same, edge by edge.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.doubts import Floats

STRIP = 0.4  # share of a photo's side, from the edge that faces the other photo, in which the two may overlap
LONG_SIDE = 900  # pixels of the photo at most: more says nothing more, and takes longer
FEATURES = 1500
REACH = 3.0  # pixels by which matches may miss
FEWEST = 16  # matches that agree
WIDE = 0.25  # share of the photo's other side that they must be spread over
ALIKE = 0.85  # correlation of the edges in what is shared: 0.9 and more where a map is right, up to 0.8 where it is not
TURNED = 0.2  # radians that a camera may be turned against its neighbour
ZOOM = 1.8

Pixels = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float32]


def lay_strip(one: Pixels, other: Pixels, way: tuple[int, int]) -> Floats | None:
    """(3, 3) from the pixels of `one` to those of `other`, which lies in direction `way`; None where nothing is sure.

    Args:
        one: (H, W, 3) BGR.
        other: (H, W, 3) BGR.
        way: signs of x and y of the way from the part of the cooler that `one` shows to that of `other`.
    """
    back = (-way[0], -way[1])
    old, new = _matches(one, _facing(one, way), other, _facing(other, back))
    fit, agree = _similarity(old, new)
    if fit is None or agree.sum() < FEWEST or not _plausible(fit):
        return None
    across = 1 if way[0] else 0
    if np.ptp(old[agree][:, across]) < WIDE * one.shape[0 if across else 1]:
        return None
    return np.vstack([fit, [0, 0, 1]]) if _correlation(one, other, fit) >= ALIKE else None


def _facing(pixels: Pixels, way: tuple[int, int]) -> Pixels:
    """(H, W) mask of the strip along the edge that lies in direction `way`."""
    height, width = pixels.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    high, wide = round(STRIP * height), round(STRIP * width)
    rows = {1: slice(height - high, None), -1: slice(None, high), 0: slice(None)}[way[1]]
    columns = {1: slice(width - wide, None), -1: slice(None, wide), 0: slice(None)}[way[0]]
    mask[rows, columns] = 255
    return mask


def _matches(one: Pixels, mask: Pixels, other: Pixels, other_mask: Pixels) -> tuple[Points, Points]:
    """Places (M, 2) of features of both strips that are each other's best match, in pixels of their photos."""
    (first, told), (second, other_told) = _features(one, mask), _features(other, other_mask)
    none = np.zeros((0, 2), np.float32)
    if told is None or other_told is None:
        return none, none
    found = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(told, other_told)
    return first[[match.queryIdx for match in found]], second[[match.trainIdx for match in found]]


def _features(pixels: Pixels, mask: Pixels) -> tuple[Points, Pixels | None]:
    small, scale = _small(pixels)
    where = cv2.resize(mask, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_NEAREST)
    points, told = cv2.ORB.create(nfeatures=FEATURES, fastThreshold=8).detectAndCompute(small, where)
    places = np.array([point.pt for point in points], np.float32).reshape(-1, 2) / np.float32(scale)
    return places, None if told is None else np.asarray(told, np.uint8)


def _similarity(old: Points, new: Points) -> tuple[Floats | None, npt.NDArray[np.bool_]]:
    """(2, 3) that most matches follow, and which of them (M,)."""
    if len(old) < 4:
        return None, np.zeros(len(old), bool)
    cv2.setRNGSeed(1)
    fit, inliers = cv2.estimateAffinePartial2D(old, new, method=cv2.RANSAC, ransacReprojThreshold=REACH)
    if fit is None:
        return None, np.zeros(len(old), bool)
    return np.asarray(fit, np.float64), inliers.ravel().astype(bool)


def _correlation(one: Pixels, other: Pixels, fit: Floats) -> float:
    """How alike the edges are in what both photos show, -1 to 1."""
    (small, scale), (there, other_scale) = _small(one), _small(other)
    fit = np.column_stack([fit[:, :2] * other_scale / scale, fit[:, 2] * other_scale])
    size = (there.shape[1], there.shape[0])
    shared = cv2.warpAffine(np.full_like(small, 255), fit, size) > 250
    if not shared.any():
        return -1.0
    moved, there = _edges(cv2.warpAffine(small, fit, size))[shared], _edges(there)[shared]
    return float(np.corrcoef(moved, there)[0, 1]) if moved.std() and there.std() else -1.0


def _small(pixels: Pixels) -> tuple[Pixels, float]:
    """The photo in grey, no larger than `LONG_SIDE`, and its scale."""
    scale = min(1.0, LONG_SIDE / max(pixels.shape[:2]))
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    return np.asarray(small, np.uint8), scale


def _edges(small: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """(H, W) strength of the edges, without the grain."""
    grey = cv2.GaussianBlur(small, (0, 0), 2)
    return np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))


def _plausible(fit: Floats) -> bool:
    scale, turned = float(np.hypot(fit[0, 0], fit[1, 0])), float(np.arctan2(fit[1, 0], fit[0, 0]))
    return 1 / ZOOM < scale < ZOOM and abs(turned) < TURNED

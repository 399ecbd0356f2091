"""Does the camera still look at the cooler from where it did: a photo against one taken earlier.

Small patches around corners of the earlier photo are looked for in the new one, near their old place, by normalised
correlation: light and exposure play no part, and a patch whose product was taken away is found nowhere and has no say.
A similarity (shift, turn, zoom) is fitted through the patches that were found (RANSAC); the camera has moved where far
more patches follow that similarity than stayed where they were. Where too little is found nearby, ORB features are
matched over the whole picture, for a camera that was turned far.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float32]

LONG_SIDE = 320
MOST_CORNERS = 200
PATCH = 10
"""Half the side of a patch, pixels of the small picture."""
REACH = 28
"""How far a patch is looked for: 9% of the long side."""
FOUND = 0.75
STAYED = 0.05
"""A patch that fits its old place nearly as well as the best place has stayed: shelves and packs repeat themselves."""
NEAR_PX = 1.6
FEWEST = 12
MOVED_SHARE = 0.012
"""Mean displacement over the picture, as a share of its long side, from which the camera counts as moved."""


@dataclass(frozen=True)
class Comparison:
    """What two photos say of the camera.

    Attributes:
        verdict: `same`; `moved`; `unclear` where too little of the earlier photo was found again.
        moved_by: mean displacement over the picture, as a share of its long side; 0 unless `moved`.
        found: patches found again out of those looked for.
    """

    verdict: Literal["same", "moved", "unclear"]
    moved_by: float
    found: tuple[int, int]


def small_grey(pixels: npt.NDArray[np.uint8]) -> Grey:
    """A photo (H, W, 3 uint8 BGR) in grey, `LONG_SIDE` pixels at the long side."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    scale = LONG_SIDE / max(grey.shape)
    size = max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def compare_views(before: Grey, after: Grey) -> Comparison:
    """Compare two pictures made by `small_grey`; pictures of different shape are never of one view."""
    if before.shape != after.shape:
        return Comparison("moved", 1.0, (0, 0))
    corners = _corners(before)
    old, new = _find_again(before, after, corners)
    looked_for = (len(old), len(corners))
    stayed = int((np.linalg.norm(new - old, axis=1) < NEAR_PX).sum())
    followed, moved_by = _similarity(old, new, before.shape)
    if stayed < FEWEST and followed < FEWEST:
        followed, moved_by = _similarity(*_far_matches(before, after), before.shape)
    if followed >= max(FEWEST, 1.5 * stayed) and moved_by > MOVED_SHARE:
        return Comparison("moved", moved_by, looked_for)
    return Comparison("same" if stayed >= FEWEST else "unclear", 0.0, looked_for)


def _similarity(old: Points, new: Points, shape: tuple[int, ...]) -> tuple[int, float]:
    """How many of the points follow one similarity, and how far that moves the picture on average."""
    if len(old) < FEWEST:
        return 0, 0.0
    fit, inliers = cv2.estimateAffinePartial2D(old, new, method=cv2.RANSAC, ransacReprojThreshold=NEAR_PX)
    return (0, 0.0) if fit is None else (int(inliers.sum()), _displacement(np.asarray(fit, np.float64), shape))


def _far_matches(before: Grey, after: Grey) -> tuple[Points, Points]:
    """Places (M, 2) of ORB features of both pictures that are each other's best match, wherever they lie."""
    orb = cv2.ORB.create(nfeatures=800, fastThreshold=8)
    (first, told_first), (second, told_second) = (orb.detectAndCompute(grey, None) for grey in (before, after))
    if told_first is None or told_second is None:
        return np.zeros((0, 2), np.float32), np.zeros((0, 2), np.float32)
    matches = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(told_first, told_second)
    old = np.array([first[match.queryIdx].pt for match in matches], np.float32).reshape(-1, 2)
    new = np.array([second[match.trainIdx].pt for match in matches], np.float32).reshape(-1, 2)
    return old, new


def _corners(grey: Grey) -> Points:
    """(N, 2) corners that lie far enough inside for their patch."""
    margin = PATCH + 1
    mask = np.zeros_like(grey)
    mask[margin:-margin, margin:-margin] = 255
    found = cv2.goodFeaturesToTrack(grey, MOST_CORNERS, qualityLevel=0.01, minDistance=6, mask=mask)
    return np.zeros((0, 2), np.float32) if found is None else np.rint(found.reshape(-1, 2)).astype(np.float32)


def _find_again(before: Grey, after: Grey, corners: Points) -> tuple[Points, Points]:
    """Old and new places (M, 2) of the corners that were found."""
    height, width = after.shape
    old, new = [], []
    for x, y in corners.astype(int):
        patch = before[y - PATCH : y + PATCH + 1, x - PATCH : x + PATCH + 1]
        top, left = max(0, y - PATCH - REACH), max(0, x - PATCH - REACH)
        window = after[top : min(height, y + PATCH + REACH + 1), left : min(width, x + PATCH + REACH + 1)]
        score = cv2.matchTemplate(window, patch, cv2.TM_CCOEFF_NORMED)
        here_x, here_y = x - PATCH - left, y - PATCH - top
        _, best, _, (best_x, best_y) = cv2.minMaxLoc(score)
        if best < FOUND:
            continue
        near = score[max(0, here_y - 1) : here_y + 2, max(0, here_x - 1) : here_x + 2].max()
        stayed = near >= best - STAYED
        old.append((x, y))
        new.append((x, y) if stayed else (x + best_x - here_x, y + best_y - here_y))
    return np.array(old, np.float32).reshape(-1, 2), np.array(new, np.float32).reshape(-1, 2)


def _displacement(fit: npt.NDArray[np.float64], shape: tuple[int, ...]) -> float:
    """Mean distance that `fit` (2, 3) moves the points of a grid over the picture, as a share of its long side."""
    height, width = shape[:2]
    grid = np.stack(np.meshgrid(np.linspace(0, width, 9), np.linspace(0, height, 9)), axis=-1).reshape(-1, 2)
    moved = grid @ fit[:, :2].T + fit[:, 2]
    return float(np.linalg.norm(moved - grid, axis=1).mean()) / max(height, width)

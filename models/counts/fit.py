"""Learning `CountErrors` from counted photos, and judging what it states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from edge.vision.counts import CountErrors, Doubts
from edge.vision.doubts import NAMED, PARTS, THERE, Floats, named_figures, parts, there_figures
from facings.errors import BadInputError
from models.counts.samples import CountedPhoto

RIDGE = 1e-3
LEAST_VARIANCE = 1e-4
NINETY = 1.645
"""Standard deviations either way that hold nine of ten errors of a normal law."""

Sets = Sequence[Sequence[CountedPhoto]]


def fit(sets: Sets, detector: str, embedder: str) -> CountErrors:
    """Coefficients from sets of photos, each set weighing alike.

    Raises:
        BadInputError: no product was found on any photo.
    """
    sets = [[photo for photo in photos if len(photo.there)] for photos in sets]
    if not any(sets):
        raise BadInputError("no product was found on any photo: name photos of filled shelves")
    there = _fit_logistic([[(there_figures(p.seen), p.there) for p in photos] for photos in sets])
    asked = [[p for p in photos if p.seen.named] for photos in sets]
    namings = [[(named_figures(p.seen)[p.there], p.named[p.there]) for p in photos] for photos in asked]
    named = _fit_logistic(namings) if any(asked) else np.zeros(len(NAMED))
    even = dict.fromkeys(PARTS, 1.0)
    errors = CountErrors(detector=detector, embedder=embedder, there=_by_name(THERE, there),
                         named=_by_name(NAMED, named), line=even, photo=even)  # fmt: skip
    totals = _fit_variance([_totals(photos, errors) for photos in sets])
    lines = _fit_variance([_lines(photos, errors) for photos in asked]) if any(asked) else totals
    return errors.model_copy(update={"line": _by_name(PARTS, lines), "photo": _by_name(PARTS, totals)})


@dataclass(frozen=True, eq=False)
class Counted:
    """Counts beside the truth: (N, parts), (N,) counted less labelled, (N,) counted."""

    parts: Floats
    error: Floats
    units: Floats


def judged(photos: Sequence[CountedPhoto], errors: CountErrors) -> dict[str, Any]:
    """Stated errors against true ones, by line and by photo.

    `rms_to_stated` is the root of the mean square error over the root of the mean stated variance: 1 where the stated
    deviations are right, above it where they are too small. `within_90` is the share of counts whose truth lies within
    1.645 stated deviations, rounded to whole units. `plain` is the same for the sum of p (1 - p) of the raw scores.
    Without a gallery there are no lines to judge.

    Raises:
        BadInputError: no product was found on any photo.
    """
    photos = [photo for photo in photos if len(photo.there)]
    if not photos:
        raise BadInputError("no product was found on any photo: name photos of filled shelves")
    asked = [photo for photo in photos if photo.seen.named]
    totals, lines = _totals(photos, errors), _lines(asked, errors)
    p = np.concatenate([_probability(photo, errors) for photo in photos])
    right = np.concatenate([photo.named if photo.seen.named else photo.there for photo in photos])
    figures: dict[str, Any] = {"photos": len(photos), "photo": _figures(totals, _variance(totals, errors.photo))}
    if asked:
        figures |= {"line": _figures(lines, _variance(lines, errors.line)), "plain": _figures(lines, _plain(asked))}
    return figures | {"confidence_error": round(float(_calibration_error(p, right)), 4)}


def _lines(photos: Sequence[CountedPhoto], errors: CountErrors) -> Counted:
    own, wrong, units = [], [], []
    for photo in photos:
        doubts = errors.doubts(photo.seen)
        for sku, members in photo.lines.items():
            own.append(parts(photo.seen, np.array(members), doubts.there, doubts.named))
            wrong.append(len(members) - photo.labelled[sku])
            units.append(len(members))
    return Counted(np.array(own).reshape(-1, len(PARTS)), np.array(wrong, float), np.array(units, float))


def _totals(photos: Sequence[CountedPhoto], errors: CountErrors) -> Counted:
    own, wrong, units = [], [], []
    for photo in photos:
        doubts = errors.doubts(photo.seen)
        every = np.arange(len(photo.there))
        own.append(parts(photo.seen, every, doubts.there, np.ones(len(every))))
        wrong.append(len(every) - sum(photo.labelled.values()))
        units.append(len(every))
    return Counted(np.array(own).reshape(-1, len(PARTS)), np.array(wrong, float), np.array(units, float))


def _fit_logistic(sets: Sequence[Sequence[tuple[Floats, Any]]]) -> Floats:
    """Coefficients (F,) of most likelihood, by gradient, lightly held to zero; every set weighs alike."""
    kept = [batch for batch in sets if batch]
    x = [np.concatenate([figures for figures, _ in batch]) for batch in kept]
    y = [np.concatenate([np.asarray(right, float) for _, right in batch]) for batch in kept]

    def loss(beta: Floats) -> tuple[float, Floats]:
        value, slope = RIDGE * float(beta[1:] @ beta[1:]), np.r_[0, 2 * RIDGE * beta[1:]]
        for figures, right in zip(x, y, strict=True):
            score = figures @ beta
            value += float(np.mean(np.logaddexp(0, score) - right * score))
            slope = slope + figures.T @ (1 / (1 + np.exp(-score)) - right) / len(right)
        return value, slope

    width = x[0].shape[1] if x else 0
    fitted: Floats = minimize(loss, np.zeros(width), jac=True, method="L-BFGS-B").x
    return fitted


def _fit_variance(sets: Sequence[Counted]) -> Floats:
    """Weights (P,) of most likelihood of normal errors around zero, none negative; every set weighs alike."""
    kept = [counted for counted in sets if len(counted.error)]
    scale = np.maximum(np.mean([counted.parts.mean(axis=0) for counted in kept], axis=0), 1e-6)

    def loss(weights: Floats) -> tuple[float, Floats]:
        value, slope = RIDGE * float(weights @ weights), 2 * RIDGE * weights
        for counted in kept:
            own = counted.parts / scale
            variance = own @ weights + LEAST_VARIANCE
            share = counted.error**2 / variance
            value += float(np.mean(np.log(variance) + share))
            slope = slope + own.T @ ((1 - share) / variance) / len(share)
        return value, slope

    bounds = [(0.0, None)] * len(PARTS)
    start = np.full(len(PARTS), np.mean([np.mean(counted.error**2) for counted in kept]) / len(PARTS) + 1e-3)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2000, "maxfun": 4000})
    return np.asarray(found.x / scale, np.float64)


def _figures(of: Counted, variance: Floats) -> dict[str, Any]:
    sd = np.sqrt(variance)
    low, high = np.floor(of.units - NINETY * sd + 0.5), np.ceil(of.units + NINETY * sd - 0.5)
    truth = of.units - of.error
    return {
        "counts": len(of.error),
        "rms_error": round(float(np.sqrt(np.mean(of.error**2))), 3),
        "stated": round(float(np.sqrt(variance.mean())), 3),
        "rms_to_stated": round(float(np.sqrt(np.mean(of.error**2) / max(variance.mean(), LEAST_VARIANCE))), 3),
        "within_90": round(float(np.mean((truth >= np.maximum(low, 0)) & (truth <= high))), 3),
        "exact": round(float(np.mean(of.error == 0)), 3),
    }


def _variance(of: Counted, weights: dict[str, float]) -> Floats:
    return np.asarray(of.parts @ np.array([weights[name] for name in PARTS]), np.float64)


def _plain(photos: Sequence[CountedPhoto]) -> Floats:
    """What a sum of independent events would state of each line, taking the models' probabilities at their word."""
    stated = []
    for photo in photos:
        p = photo.seen.found.scores * photo.seen.names.confidence
        stated += [float((p[members] * (1 - p[members])).sum()) for members in photo.lines.values()]
    return np.array(stated)


def _probability(photo: CountedPhoto, errors: CountErrors) -> Floats:
    doubts: Doubts = errors.doubts(photo.seen)
    return doubts.there * doubts.named


def _calibration_error(stated: Floats, right: Any) -> float:
    """Mean gap between stated and true share over ten bins, each by its number."""
    bins = np.minimum((stated * 10).astype(int), 9)
    gaps = [abs(stated[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    return float(np.sum(gaps))


def _by_name(names: Sequence[str], values: Floats) -> dict[str, float]:
    return {name: round(float(value), 5) for name, value in zip(names, values, strict=True)}

"""One photo cut into two views of a cooler: do both together count what the whole photo counts?

Run it with `python -m bench.split_photos [--photos 8]` (a minute or two); it cuts photos of the demo's week one above
the other and side by side, with more and less in common, and prints JSON. `error` is the mean of |products of both -
products of the whole| / products of the whole; `laid over` the share of the pairs that were laid over each other.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import numpy.typing as npt
import typer

from bench.parts.running import run
from bench.parts.saying import say
from edge.vision.chain import VisionChain
from edge.vision.photo import Photo
from facings.messages import CoolerPart
from firmware_sim.demo.shipped import SHIPPED

SHARED = (0.3, 0.14, 0.1, 0.0)
"""Share of the photo's side that both views show."""
WAYS: dict[str, tuple[CoolerPart, CoolerPart]] = {
    "one above the other": ("upper", "lower"),
    "side by side": ("left", "right"),
}

Pixels = npt.NDArray[np.uint8]


def photos(count: int) -> list[Pixels]:
    """Photos of the week, each of another cooler and another hour, as far as there are coolers."""
    coolers = sorted((SHIPPED / "coolers").iterdir())
    files = [sorted((coolers[n % len(coolers)] / "photos").glob("*.jpg"))[3 + 2 * n // 3] for n in range(count)]
    return [np.asarray(cv2.imread(str(Path(file))), np.uint8) for file in files]


def views(pixels: Pixels, shared: float, axis: int) -> list[Photo]:
    """The two halves of a photo along an axis (0: one above the other), and half of `shared` on either side."""
    side = pixels.shape[axis]
    low, high = round((0.5 - shared / 2) * side), round((0.5 + shared / 2) * side)
    halves = (pixels[:high], pixels[low:]) if axis == 0 else (pixels[:, :high], pixels[:, low:])
    return [Photo(np.ascontiguousarray(half), "", b"", "image/jpeg") for half in halves]


def judged(
    chain: VisionChain, pictures: list[Pixels], shows: tuple[CoolerPart, CoolerPart], shared: float
) -> dict[str, float]:
    """Both views of each picture against the whole."""
    axis = 0 if "upper" in shows else 1
    errors, laid = [], []
    for pixels in pictures:
        whole = len(chain.read(Photo(pixels, "", b"", "image/jpeg")).products)
        together = chain.read_together(views(pixels, shared, axis), shows)
        errors.append(abs(len(together.products) - whole) / whole)
        laid.append(all(view.linked for view in together.views))
    return {"error": round(float(np.mean(errors)), 4), "laid over": round(float(np.mean(laid)), 2)}


def main(count: Annotated[int, typer.Option("--photos", min=1)] = 8) -> None:
    """Cut, read and print."""
    cv2.setNumThreads(1)
    chain = VisionChain(gallery=SHIPPED / "gallery", tells_looks=True)
    pictures = photos(count)
    figures = {
        way: {f"{shared:.0%} shared": judged(chain, pictures, shows, shared) for shared in SHARED}
        for way, shows in WAYS.items()
    }
    say(figures)


if __name__ == "__main__":
    run(main)

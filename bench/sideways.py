"""Photos that lie on their side, told from those that stand: `python -m bench.sideways [FOLDER...]` prints JSON.

Each folder's photos are taken to stand upright. `standing` counts their verdicts as they are, which should all be
`good`; `lying` the verdicts on the same photos turned by 90 degrees, which should not. Without arguments on the real
coolers of `../shared/data`.
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
from edge.vision.detect import detect
from edge.vision.reading import PhotoQuality
from edge.vision.upright import judged_by_turning
from edge.vision.zoo import LoadedModel, load_session, zoo_folder
from models.detector.photoset import read_pixels

COOLERS = ("../shared/data/cooler_brands/images", "../shared/data/drinks_coolers/images")
VERDICTS = ("unusable", "poor", "good")


def main(folders: Annotated[list[Path] | None, typer.Argument()] = None) -> None:
    """Judge and print."""
    detector = load_session(zoo_folder() / "product-detector", precision="int8")
    figures = {str(folder): _figures(folder, detector) for folder in folders or map(Path, COOLERS)}
    say(figures)


def _figures(folder: Path, detector: LoadedModel) -> dict[str, object]:
    standing, lying = dict.fromkeys(VERDICTS, 0), dict.fromkeys(VERDICTS, 0)
    for path in sorted(folder.iterdir()):
        pixels = read_pixels(path)
        standing[_verdict(detector, pixels)] += 1
        lying[_verdict(detector, np.asarray(cv2.rotate(pixels, cv2.ROTATE_90_CLOCKWISE), np.uint8))] += 1
    return {"standing": standing, "lying": lying}


def _verdict(detector: LoadedModel, pixels: npt.NDArray[np.uint8]) -> str:
    """On how the photo lies alone."""
    good = PhotoQuality("good", brightness=0.5, contrast=0.5, sharpness=20.0)
    return judged_by_turning(good, detector, pixels, detect(detector, pixels)).verdict


if __name__ == "__main__":
    run(main)

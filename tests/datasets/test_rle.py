import numpy as np
import pytest

from datasets.rle import decode, encode
from facings.errors import BadInputError

# Written by pycocotools 2.0.11 for these masks.
KNOWN = {
    "one pixel": ([[0, 0], [0, 1]], "31"),
    "all": ([[1, 1], [1, 1]], "04"),
    "a row": ([[1, 1, 0], [0, 0, 0]], "01102"),
    "none": ([[0, 0, 0]], "3"),
}


@pytest.mark.parametrize(("mask", "counts"), KNOWN.values(), ids=KNOWN)
def test_masks_are_written_as_pycocotools_writes_them(mask: list[list[int]], counts: str) -> None:
    picture = np.array(mask, bool)
    height, width = picture.shape
    assert encode(picture, width, height) == {"size": [height, width], "counts": counts}


@pytest.mark.parametrize("seed", range(20))
def test_there_and_back_is_the_same_mask(seed: int) -> None:
    rng = np.random.default_rng(seed)
    height, width = (int(side) for side in rng.integers(20, 200, 2))
    picture = np.zeros((height, width), bool)
    picture[5:15, 3:17] = rng.random((10, 14)) < rng.choice([0.1, 0.5, 0.95])
    assert np.array_equal(decode(encode(picture, width, height)), picture)
    assert encode(picture, width, height) == encode(picture[5:15, 3:17], width, height, left=3, top=5)


def test_runs_that_do_not_fill_the_picture_are_refused() -> None:
    with pytest.raises(BadInputError, match="fill 5 pixels"):
        decode({"size": [2, 3], "counts": "5"})

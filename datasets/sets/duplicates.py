"""Photos that are in a set twice: the same file, or nearly the same picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from datasets.sets.faults import Finding
from datasets.sets.model import LabelledImage
from datasets.sets.photos import PhotoFacts, photo_facts
from facings.errors import BadInputError

NEAR_BITS = 24
"""Photos whose difference hashes differ in at most this many of 256 bits are near-equal.

Of 3,530 real shelf and product photos three pairs lie within it: two scenes taken twice, and two cans of one design on
white. A copy at half the size, JPEG quality 30 and 0.7 of the brightness differs in 4 bits (median), 11 (95 of 100), 17
(99 of 100).
"""

Known = tuple[LabelledImage, PhotoFacts]


def readable(images: Sequence[LabelledImage]) -> list[Known]:
    """The photos that can be read, with what their pixels say."""
    known: list[Known] = []
    for image in images:
        try:
            known.append((image, photo_facts(image.path)))
        except BadInputError:  # `faults` tells of it
            continue
    return known


def pairs(known: Sequence[Known], near_bits: int = NEAR_BITS) -> Iterator[tuple[int, int, int]]:
    """Positions of two photos that are equal or near-equal, and in how many bits they differ; -1: the same file.

    Blank photos look like each other and like nothing, so only their files are compared.
    """
    looks = np.array([np.frombuffer(facts.look, np.uint64) for _, facts in known], np.uint64)
    files = [facts.sha256 for _, facts in known]
    blank = np.array([facts.blank for _, facts in known], bool)
    for first in range(len(known) - 1):
        bits = np.bitwise_count(looks[first + 1 :] ^ looks[first]).sum(axis=1)
        for offset in np.flatnonzero(bits <= near_bits):
            second = first + 1 + int(offset)
            if files[first] == files[second]:
                yield first, second, -1
            elif not (blank[first] or blank[second]):
                yield first, second, int(bits[offset])


def duplicate_findings(known: Sequence[Known], near_bits: int = NEAR_BITS) -> Iterator[Finding]:
    """Blank photos, photos that are there twice, and photos that two splits share."""
    for image, facts in known:
        if facts.blank:
            yield Finding("blank-photo", f"{image.name}: one colour, nothing to see")
    for first, second, bits in pairs(known, near_bits):
        one, other = known[first][0], known[second][0]
        how = "the same file" if bits < 0 else f"nearly the same photo ({bits} of 256 bits differ)"
        if one.split and other.split and one.split != other.split:
            text = f"{one.name} and {other.name}: {how} in {one.split} and {other.split}: keep one"
            yield Finding("leaking-photo", text)
        else:
            kind = "duplicate-photo" if bits < 0 else "near-duplicate-photo"
            yield Finding(kind, f"{one.name} and {other.name}: {how}")

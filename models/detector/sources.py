"""The photos of a training run, source by source, as its configuration names them."""

from __future__ import annotations

from models.detector.augment import Source
from models.detector.config import DetectorConfig
from models.detector.photoset import read_photoset
from models.detector.scenes import read_scenes


def read_sources(config: DetectorConfig) -> list[Source]:
    """Every source of the run: photo sets, and folders of rendered scenes.

    Raises:
        BadInputError: one cannot be read.
    """
    return [
        Source(
            source.photos.stem,
            read_scenes(source.photos) if source.photos.is_dir() else read_photoset(source.photos),
            source.weight,
            source.narrowing,
            source.widening,
        )
        for source in config.sources
    ]

"""The kinds of picture in the renderer.

They are spelled with Any, as OpenCV's type information does not say which type of element it returns.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

Pixels = npt.NDArray[Any]
"""uint8: finished pixels or a flat texture, 0 to 255; with three channels, BGR."""

Mask = npt.NDArray[Any]
"""bool."""

FloatArray = npt.NDArray[Any]
"""float32: light, 0 to 255 and more, masks from 0 to 1, and lengths."""

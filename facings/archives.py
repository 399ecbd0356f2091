"""What the libraries raise for a damaged archive: many errors that have no parent of their own."""

from __future__ import annotations

import zipfile
import zlib

try:
    from lzma import LZMAError
except ImportError:  # a Python built without it opens no such archive
    _OF_LZMA: tuple[type[Exception], ...] = ()
else:
    _OF_LZMA = (LZMAError,)

DAMAGE: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    zlib.error,
    *_OF_LZMA,
    EOFError,
    OSError,
    KeyError,  # an entry is missing
    NotImplementedError,  # it asks for what the library cannot do
    RuntimeError,  # it asks for a password
    ValueError,  # a name is no text; in one of NumPy, an array is none
)
"""Of a ZIP file, also one of NumPy's arrays (.npz), and of what is packed in it."""

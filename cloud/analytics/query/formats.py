"""Tables out: CSV, Parquet and the Arrow stream, batch by batch, so that memory holds one batch and not the table."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from cloud.api.errors import ApiError

Format = Literal["json", "csv", "parquet", "arrow"]

MEDIA_TYPES: dict[Format, str] = {
    "json": "application/json",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
}


def chosen(asked: Format | None, accept: str, offered: tuple[Format, ...]) -> Format:
    """The format that `?format=` names, else the first that the header Accept names, else the first offered.

    Raises:
        ApiError: 406 where Accept names none of those offered.

    Example:
        >>> chosen(None, "text/csv, */*;q=0.1", ("json", "csv"))
        'csv'
    """
    if asked in offered:
        return asked
    named = [part.partition(";")[0].strip().lower() for part in accept.split(",") if part.strip()]
    for media in named:
        for one in offered:
            if media == MEDIA_TYPES[one]:
                return one
    if asked is None and (not named or "*/*" in named or "application/*" in named):
        return offered[0]
    if asked is not None:
        raise ApiError(422, f"{asked} is not made here", f"take one of {', '.join(offered)}")
    types = ", ".join(MEDIA_TYPES[one] for one in offered)
    raise ApiError(406, "none of the formats asked for is made here", f"ask for one of {types}")


class _Chunks(io.RawIOBase):
    """A file that keeps what was written until it is taken; pyarrow's writers write to it."""

    def __init__(self) -> None:
        super().__init__()
        self._written: list[bytes] = []
        self._length = 0

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, chunk: Any) -> int:
        """Keep some bytes."""
        piece = bytes(chunk)
        self._written.append(piece)
        self._length += len(piece)
        return len(piece)

    def tell(self) -> int:
        """Bytes written so far: Parquet notes where its parts lie."""
        return self._length

    def take(self) -> bytes:
        """What was written since the last time."""
        taken, self._written = b"".join(self._written), []
        return taken


@dataclass(frozen=True, slots=True)
class _Writer:
    """One of pyarrow's writers, by what is asked of it."""

    write: Callable[[pa.Table], None]
    close: Callable[[], None]


def _open(kind: Format, sink: _Chunks, schema: pa.Schema) -> _Writer:
    if kind == "csv":
        csv = pyarrow.csv.CSVWriter(sink, schema)
        return _Writer(csv.write_table, csv.close)
    if kind == "parquet":
        parquet = pyarrow.parquet.ParquetWriter(sink, schema, compression="zstd")
        return _Writer(parquet.write_table, parquet.close)
    stream = pa.ipc.new_stream(sink, schema)
    return _Writer(stream.write_table, stream.close)


def stream(kind: Format, schema: pa.Schema, tables: Iterable[pa.Table]) -> Iterator[bytes]:
    """The bytes of a table in a format, from its parts; an empty table has its columns all the same."""
    sink = _Chunks()
    writer = _open(kind, sink, schema)
    for table in tables:
        writer.write(table.cast(schema))
        if piece := sink.take():
            yield piece
    writer.close()
    yield sink.take()

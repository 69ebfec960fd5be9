"""Frames as stored bytes: compressed Arrow, held once by the SHA-256 of the bytes, checked whenever they are read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import pandas as pd
import pyarrow as pa
from sqlalchemy import Connection, insert, select

from data.errors import SixweeksError
from data.fields import Table
from data.store.tables import BLOBS


def encode(frame: pd.DataFrame) -> bytes:
    """A frame as bytes that `decode` reads back exactly; equal frames give equal bytes."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    # A frame cut from a larger one shares its memory, and the bytes would tell; taking every row makes memory of its own.
    table = table.take(pa.array(range(len(frame)), pa.int64())).combine_chunks()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue().to_pybytes())


def decode(table: Table, contents: Sequence[bytes]) -> pd.DataFrame:
    """The typed frame of a declared table from one or several stored pieces, one after the other.

    Raises:
        SixweeksError: it was stored before a column was declared that may not be empty.
    """
    pieces = [pa.ipc.open_file(pa.BufferReader(content)).read_all() for content in contents]
    frame = pa.concat_tables(pieces).to_pandas()
    younger = [field for field in table.fields if field.name not in frame]
    for field in younger:
        if field.required and field.default is None:
            raise SixweeksError(f'The stored table {table.title} has no column "{field.title}" yet. Load its files again.')
    if list(zip(frame.columns, map(str, frame.dtypes), strict=True)) == [(field.name, field.dtype) for field in table.fields]:
        return frame
    return table.typed(frame.assign(**{field.name: field.empty() for field in younger}))


def encode_checked(table: Table, frame: pd.DataFrame) -> bytes:
    """`encode`, read back and compared before anybody is told that it is stored.

    Raises:
        SixweeksError: the bytes do not give the frame back.
    """
    content = encode(frame)
    if not decode(table, [content]).equals(frame):
        raise SixweeksError(f"The table {table.title} cannot be stored without loss. Nothing was stored.")
    return content


def digest(content: bytes) -> str:
    """SHA-256 of stored bytes."""
    return hashlib.sha256(content).hexdigest()


def manifest(lines: Iterable[str]) -> str:
    """SHA-256 of a list of texts in any order: shows when one is lost, added or changed."""
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def put(connection: Connection, contents: dict[str, bytes]) -> None:
    """Hold these contents, by digest; what is held already is left alone."""
    held = set(connection.execute(select(BLOBS.c.sha256).where(BLOBS.c.sha256.in_(contents))).scalars())
    new = [{"sha256": sha, "size": len(content), "content": content} for sha, content in contents.items() if sha not in held]
    if new:
        connection.execute(insert(BLOBS), new)


def checked(sha256: str, content: bytes, what: str) -> bytes:
    """The content, if it is what its digest says.

    Raises:
        SixweeksError: it is not.
    """
    if digest(content) != sha256:
        raise damaged(what)
    return content


def damaged(what: str) -> SixweeksError:
    """The error for stored content that is not what was stored."""
    return SixweeksError(f"{what} is damaged in the store: it is not what was saved. Restore the store from a backup.")

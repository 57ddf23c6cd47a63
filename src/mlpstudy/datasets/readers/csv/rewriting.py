"""Text that the fast reader cannot take as it is, written anew in memory: without comments, with commas between cells.

Only what has lines between its rows that are none, or runs of blanks between its cells, comes here.
"""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from mlpstudy.datasets.opening.memory import check_memory
from mlpstudy.datasets.readers.csv.cutting import is_runs, split_runs
from mlpstudy.datasets.readers.csv.dialect import Dialect, decode_block
from mlpstudy.datasets.readers.csv.source import Source

_COPIES = 6
"""Bytes in memory for each of the file: its text, its lines and what is made of them."""


def with_line_feeds(source: Source) -> Source:
    """Return text whose lines end with CR alone, as the old Macintosh wrote them, with line feeds."""
    head = source.head()
    if b"\r" not in head or b"\n" in head:
        return source
    check_memory(2 * source.n_bytes, source.name)
    text = source.whole()
    return source if b"\n" in text else replace(source, text=text.replace(b"\r", b"\n"))


def rewritten(source: Source, dialect: Dialect, comment: str | None) -> tuple[Source, Dialect]:
    """Return the rows as CSV, and how that is written; the same where the fast reader can take the text.

    Args:
        source: the text.
        dialect: how it is written.
        comment: what a study says that comments begin with.
    """
    if dialect.is_plain and not comment:
        return source, dialect
    check_memory(_COPIES * source.n_bytes, source.name)
    text, _ = decode_block(source.whole(), 1, source.name, final=True)
    lines = text.removesuffix("\n").split("\n")
    kept = [
        line
        for i, line in enumerate(lines[dialect.n_above :], start=dialect.n_above + 1)
        if i not in dialect.left_out and not (comment and line.lstrip(" ").startswith(comment))
    ]
    if is_runs(dialect.delimiter):
        made = io.StringIO(newline="")
        write = csv.writer(made, lineterminator="\n")
        write.writerows(split_runs(line, dialect.delimiter) for line in kept)
        text, delimiter = made.getvalue(), ","
    else:
        text, delimiter = "".join(f"{line}\n" for line in kept), dialect.delimiter
    written = text.encode()
    return replace(source, text=written, n_bytes=len(written)), replace(
        dialect, delimiter=delimiter, n_above=0, left_out=frozenset(), words=dialect.described
    )


def requoted(source: Source, dialect: Dialect) -> tuple[Source, Dialect] | None:
    """Return the rows with quotes around every cell that has one within it (``5'10"``), as other readers take them.

    None where a quote before a cell does not end it, or a line has not the cells of a row: that would be a guess.
    """
    check_memory(_COPIES * source.n_bytes, source.name)
    text, _ = decode_block(source.whole(), 1, source.name, final=True)
    lines = text.removesuffix("\n").split("\n")[dialect.n_above :]
    made = io.StringIO(newline="")
    write = csv.writer(made, delimiter=dialect.delimiter, lineterminator="\n")
    try:
        for line in lines:
            cells = next(csv.reader([line], delimiter=dialect.delimiter, strict=True), [])
            if cells and not dialect.n_least <= len(cells) <= len(dialect.columns):
                return None
            write.writerow(cells)
    except csv.Error:
        return None
    written = made.getvalue().encode()
    return replace(source, text=written, n_bytes=len(written)), replace(dialect, n_above=0)

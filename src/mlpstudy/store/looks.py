"""The ledger of looks: every time that results on the test examples were shown to somebody.

Choosing by the test set uses it up, look by look; the ledger says how often that was possible. It is a text
file of its own, one line a look, so that noting one neither waits for a writer nor changes the database.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mlpstudy.errors import StoreError
from mlpstudy.machine.files import open_inside
from mlpstudy.records import Look

if TYPE_CHECKING:
    from pathlib import Path

LEDGER = "looks"
LARGEST = 1 << 20
"""Bytes of the ledger that are written and read: some thirty thousand looks, after which one more says nothing new."""
_LONGEST_WORD = 100


def note_look(folder: Path, what: str) -> None:
    """Append a look to the ledger of a study's folder; where that cannot be done, nothing happens.

    A line is one write to the end of the file, so that looks of several processes do not mix.

    Args:
        folder: the study's folder.
        what: the command that shows results.
    """
    word = "".join(c if c.isprintable() else " " for c in what)[:_LONGEST_WORD]
    line = f"{datetime.now(UTC).isoformat(timespec='seconds')} {word}\n"
    with suppress(OSError, StoreError):
        descriptor = open_inside(folder, LEDGER, os.O_RDWR | os.O_APPEND | os.O_CREAT)
        try:
            size = os.fstat(descriptor).st_size
            if size < LARGEST:
                torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
                os.write(descriptor, (("\n" if torn else "") + line).encode())
        finally:
            os.close(descriptor)


def read(folder: Path) -> tuple[Look, ...]:
    """Return the looks of a folder, in order; lines that are none, such as half of one, are passed over.

    Raises:
        StoreError: the ledger is a symbolic link, or no regular file.
        OSError: it cannot be read.
    """
    try:
        descriptor = open_inside(folder, LEDGER, os.O_RDONLY)
    except FileNotFoundError:
        return ()
    with os.fdopen(descriptor, "rb") as file:
        lines = file.read(LARGEST).decode(errors="replace").splitlines()
    return tuple(look for look in map(_look, lines) if look is not None)


def _look(line: str) -> Look | None:
    at, _, what = line.partition(" ")
    try:
        datetime.fromisoformat(at)
    except ValueError:
        return None
    return Look(at, what) if what and what.isprintable() else None

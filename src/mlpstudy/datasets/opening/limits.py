"""What a file of data may claim at most. One place, so that every reader draws the same lines.

A limit bounds what a small file can make the program do; a large honest file is bounded by its own bytes. So the
limits on sizes hold for what is compressed, encoded or repeated, not for plain arrays, whose declared size must equal
the bytes present.
"""

from __future__ import annotations

from mlpstudy.errors import DataError, must

MAX_BYTES = 2**30
"""Largest result of decompressing a file or a member of an archive; EMNIST by class, a large honest one, has 547 MB."""

DEFLATE_RATIO = 1032
"""No deflate stream holds more than 1032 bytes a byte (zlib, "Technical Details")."""

PLAUSIBLE_RATIO = 100
PLAUSIBLE_BYTES = 2**26
"""Sorted labels compress hundreds of times, images about five times: large and dense together is a bomb."""

MAX_DIMENSIONS = 4
"""Most dimensions of an array: examples, rows, columns, one channel."""

MAX_CLASSES = 1000
"""More distinct labels than that are taken for a quantity, which is no classification."""

MAX_FEATURES = 1_000_000
"""Most columns of a sparse file; its weights in one layer of 100 units take 400 MB."""

MAX_COLUMNS = 20_000
"""Most columns of a table."""

MAX_CELLS = 2**30
"""Most cells (rows times columns) that a table's file may claim to hold in compressed form."""

MAX_LABEL_CHARACTERS = 200
"""Longest name of a class or a column."""

MAX_MEMBERS = 1000
"""Most members of an archive."""

MAX_PIXELS = 50_000_000
"""Most pixels of one image file before it is resized, 7,071 x 7,071: with transparency it takes 0.9 GB for a moment."""

PLAUSIBLE_PIXELS = 2**22
"""An image of more pixels must have a byte for 1,032 of them, which is what a blank PNG has."""

MAX_IMAGE_FILE_BYTES = 2**27
"""Largest image file."""


def check_ratio(n_claimed: int, n_compressed: int, what: str) -> None:
    """Refuse a claim of more bytes than the compressed ones can hold, or than they can reasonably hold.

    Up to 64 MiB: 1032 a byte, what deflate can reach. Above: 100 a byte.

    Raises:
        DataError: the claim is larger.

    >>> check_ratio(1000, 10, "a.gz")
    >>> check_ratio(100_000, 10, "a.gz")
    Traceback (most recent call last):
    mlpstudy.errors.DataError: a.gz must claim at most 1032 values a compressed byte, got 100000 values in 10 bytes
    """
    ratio = PLAUSIBLE_RATIO if n_claimed > PLAUSIBLE_BYTES else DEFLATE_RATIO
    if n_claimed > ratio * n_compressed:
        be = f"claim at most {ratio} values a compressed byte"
        raise DataError(must(what, be, f"{n_claimed} values in {n_compressed} bytes"))

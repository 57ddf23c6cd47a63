"""How a table of text is written: its delimiter, its columns, and the lines that are its rows."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from mlpstudy.datasets.readers.csv.cutting import DELIMITERS, TABS, is_runs
from mlpstudy.datasets.readers.csv.source import UTF8_FIX
from mlpstudy.errors import DataError, must


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table of text is written.

    Attributes:
        delimiter: what stands between cells; ``BLANKS`` and ``TABS`` stand for runs of them.
        columns: their names; ``""`` for one without.
        n_named: how many cells the line of names has; all where there is none.
        missing: words for a missing value, beside those that always are.
        n_above: lines above the first row.
        n_blank: blank lines of them that stand below the names.
        left_out: lines below that are no rows, from 1.
        dropped: columns that the file itself leaves out.
        target: the column that the file itself names as the class.
        names_line: the line of the names; None where there is none.
        notes: what was found that is not plain, a line each, without the file's name.
        words: what form the file has, where it is no plain one.
    """

    delimiter: str
    columns: tuple[str, ...]
    n_named: int | None = None
    missing: tuple[str, ...] = ()
    n_above: int = 1
    n_blank: int = 0
    left_out: frozenset[int] = frozenset()
    dropped: tuple[str, ...] = ()
    target: str | None = None
    names_line: int | None = 1
    notes: tuple[str, ...] = ()
    words: str | None = None

    @property
    def is_plain(self) -> bool:
        """The fast reader can take the file as it is."""
        return not self.left_out and not is_runs(self.delimiter)

    @property
    def n_least(self) -> int:
        """How many cells a row has at least: columns at the end that have no name may be missing."""
        n = len(self.columns)
        while n > 1 and not self.columns[n - 1]:
            n -= 1
        return n

    @property
    def described(self) -> str:
        """What form the file has, in words."""
        if is_runs(self.delimiter):
            marks = "tabs" if self.delimiter == TABS else "blanks"
        else:
            marks = f"a {DELIMITERS[self.delimiter]}"
        return f"{self.words or 'CSV'}, {marks} between cells"


def no_rows(name: str) -> DataError:
    """Return the refusal of a table of nothing but column names."""
    return DataError(must(name, "have rows below its line of column names", "none of them"))


def decode_block(block: bytes, first_line: int, name: str, *, final: bool) -> tuple[str, int]:
    """Return the text of a block and the number of bytes that it took."""
    try:
        return codecs.utf_8_decode(block, "strict", final)
    except UnicodeDecodeError as error:
        line = first_line + block.count(b"\n", 0, error.start)
        start = block.rfind(b"\n", 0, error.start) + 1
        shown = block[max(start, error.start - 20) : error.start + 10].split(b"\n")[0].decode("latin-1").strip()
        found = f"the byte {block[error.start]:#04x} (as Latin-1: {shown!r})"
        raise DataError(must(f"{name}, line {line}", "be text in UTF-8", found, UTF8_FIX)) from None

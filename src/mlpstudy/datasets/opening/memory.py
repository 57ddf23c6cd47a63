"""A file that will not fit into memory is refused in one line, and not by the kernel."""

from __future__ import annotations

from mlpstudy.errors import DataError, must
from mlpstudy.machine.memory import available_bytes

_GIB = 2**30


def check_memory(n_bytes: int, what: str) -> None:
    """Refuse what needs more memory than there is.

    Raises:
        DataError: it does.

    >>> check_memory(1, "a.csv")
    """
    available = available_bytes()
    if n_bytes > available:
        found = f"{n_bytes / _GIB:.1f} GiB where {available / _GIB:.1f} GiB are free"
        raise DataError(must(what, "fit into memory", found, "fewer rows or columns, or Parquet"))

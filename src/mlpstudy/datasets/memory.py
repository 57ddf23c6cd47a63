"""How much memory there is, so that a file that will not fit is refused in one line and not by the kernel."""

from __future__ import annotations

import os
from pathlib import Path

from mlpstudy.errors import DataError, must

_CGROUP = Path("/sys/fs/cgroup")
_MEMINFO = Path("/proc/meminfo")
_GIB = 2**30


def available_bytes() -> int:
    """Return the bytes of memory that can still be taken: what the system has, or what this container may have.

    >>> available_bytes() > 0
    True
    """
    limits = [_of_system()]
    try:
        limit = (_CGROUP / "memory.max").read_text(encoding="ascii").strip()
        used = (_CGROUP / "memory.current").read_text(encoding="ascii").strip()
        limits.append(int(limit) - int(used) + _cached())
    except (OSError, ValueError):
        pass  # no container, or one without a limit
    return max(min(limits), 1)


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


def _cached() -> int:
    """Return the bytes that a container counts as used and that only hold copies of files."""
    lines = (_CGROUP / "memory.stat").read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(("inactive_file ", "active_file ")))


def _of_system() -> int:
    try:
        for line in _MEMINFO.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")

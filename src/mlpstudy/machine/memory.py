"""How much memory can still be taken: what the system has, or what this container may have."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mlpstudy.machine.cgroups import ROOT, group_folders, lines, number, whole

if TYPE_CHECKING:
    from pathlib import Path


def available_bytes(root: Path = ROOT) -> int:
    """Return the bytes of memory that can still be taken, at least 1: what the system has, or the container leaves.

    Args:
        root: what stands for the root of the file system.

    >>> available_bytes() > 1
    True
    """
    limits = [_left(folder) for folder in group_folders("memory", root)]
    return max(min([_of_system(root), *(left for left in limits if left is not None)]), 1)


def _left(folder: Path) -> int | None:
    """Return the bytes that a group may still take, None where it has no limit.

    What only holds copies of files counts as used and can be taken all the same. Version 1 tells it of the group
    alone, and with ``total_`` of those below it as well, as its use and its limit are counted.
    """
    is_v2 = (folder / "memory.max").exists()
    limit = whole(folder / ("memory.max" if is_v2 else "memory.limit_in_bytes"))
    used = whole(folder / ("memory.current" if is_v2 else "memory.usage_in_bytes"))
    if limit is None or used is None:
        return None
    names = ("inactive_file", "active_file") if is_v2 else ("total_inactive_file", "total_active_file")
    pairs = [line.partition(" ") for line in lines(folder / "memory.stat")]
    return limit - used + sum(number(value) or 0 for name, _, value in pairs if name in names)


def _of_system(root: Path) -> int:
    for line in lines(root / "proc/meminfo"):
        name, _, value = line.partition(":")
        kib = number(value.removesuffix("kB").strip())
        if name == "MemAvailable" and kib is not None:
            return kib * 1024
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")

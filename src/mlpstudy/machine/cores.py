"""How many cores this process may use: what it is bound to, and what its container may take of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mlpstudy.machine.cgroups import ROOT, group_folders, lines, number, whole

if TYPE_CHECKING:
    from pathlib import Path


def n_cores(root: Path = ROOT) -> int:
    """Return the number of cores that this process may use, at least 1.

    The smallest of the cores that it is bound to and of the quotas of its control groups and of those above them,
    each rounded up: two threads make better use of one and a half cores than one does.

    Args:
        root: what stands for the root of the file system.

    >>> n_cores() >= 1
    True
    """
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
    quotas = [_quota(folder) for folder in group_folders("cpu", root)]
    return max(1, min([bound, *(quota for quota in quotas if quota is not None)]))


def _quota(folder: Path) -> int | None:
    """Return the cores that a group may take, rounded up, None where it has no quota.

    ``cpu.max`` holds quota and period in microseconds, the quota ``max`` for none (version 2); ``cpu.cfs_quota_us``
    and ``cpu.cfs_period_us`` hold one each, the quota -1 for none (version 1).
    """
    fields = " ".join(lines(folder / "cpu.max")).split()
    quota, period = (number(field) for field in fields) if len(fields) == 2 else (None, None)  # noqa: PLR2004  # these
    if not fields:
        quota, period = whole(folder / "cpu.cfs_quota_us"), whole(folder / "cpu.cfs_period_us")
    if quota is None or period is None or quota <= 0 or period <= 0:
        return None
    return -(-quota // period)

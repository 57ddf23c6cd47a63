"""Machines as Linux describes them: a folder that stands for the root of the file system."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

MOUNT_V2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate"
MOUNT_CPU = "33 25 0:28 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct"
MOUNT_MEMORY = "34 25 0:29 / /sys/fs/cgroup/memory rw shared:10 - cgroup cgroup rw,memory"


def machine(root: Path, groups: str, mounts: str, files: Mapping[str, str] | None = None) -> Path:
    """Make a machine: ``/proc/self/cgroup``, ``/proc/self/mountinfo``, and files of the control groups by path."""
    other = "22 28 0:21 / /proc rw,nosuid shared:5 - proc proc rw\n25 28 0:24 / /sys rw shared:7 - sysfs sysfs rw\n"
    written = {"proc/self/cgroup": groups, "proc/self/mountinfo": other + mounts + "\n", **(files or {})}
    for name, text in written.items():
        path = root / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="latin-1")
    return root

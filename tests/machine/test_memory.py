"""How much memory can still be taken: what the system has, and what the container leaves of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from machine.machines import MOUNT_MEMORY, MOUNT_V2, machine
from mlpstudy.machine.memory import available_bytes

CGROUP = "/sys/fs/cgroup"
SYSTEM = {"/proc/meminfo": "MemTotal:  2000 kB\nMemAvailable:  1000 kB\n"}
SYSTEM_BYTES = 1000 * 1024


def v2(folder: str, limit: str, used: str = "0", cached: str = "0") -> dict[str, str]:
    """Return the files of a group of version 2; half of what is cached is active."""
    stat = f"anon 7\ninactive_file {cached}\nactive_file {cached}\n"
    return {f"{folder}/memory.max": limit, f"{folder}/memory.current": used, f"{folder}/memory.stat": stat}


def test_what_the_container_leaves(tmp_path: Path) -> None:
    """Limit less use; copies of files can be given back."""
    root = machine(tmp_path, "0::/own\n", MOUNT_V2, {**SYSTEM, **v2(f"{CGROUP}/own", "5000\n", "4000\n", "300")})
    assert available_bytes(root) == 5000 - 4000 + 600


def test_the_smallest_of_the_groups_above_holds(tmp_path: Path) -> None:
    """A group may take no more than those above it leave."""
    files = {**SYSTEM, **v2(f"{CGROUP}/pod", "900", "200"), **v2(f"{CGROUP}/pod/own", "max", "200")}
    assert available_bytes(machine(tmp_path, "0::/pod/own\n", MOUNT_V2, files)) == 700


def test_version_1(tmp_path: Path) -> None:
    """Its files have other names, and what is below a group counts."""
    own = f"{CGROUP}/memory/docker/a"
    stat = "inactive_file 1\nactive_file 1\ntotal_inactive_file 30\ntotal_active_file 20\n"
    files = {**SYSTEM, f"{own}/memory.limit_in_bytes": "800", f"{own}/memory.usage_in_bytes": "500"}
    root = machine(tmp_path, "9:memory:/docker/a\n", MOUNT_MEMORY, {**files, f"{own}/memory.stat": stat})
    assert available_bytes(root) == 350


@pytest.mark.parametrize("limit", ["max", "", "garbage", "9223372036854771712"])
def test_no_limit_leaves_what_the_system_has(tmp_path: Path, limit: str) -> None:
    """Without a limit, or with one that cannot be understood, the system's memory counts."""
    for folder, mount, group in ((f"{CGROUP}/own", MOUNT_V2, "0::/own"), (f"{CGROUP}/none", MOUNT_V2, "0::/own")):
        assert available_bytes(machine(tmp_path, group, mount, {**SYSTEM, **v2(folder, limit)})) == SYSTEM_BYTES


def test_a_full_container_leaves_a_byte(tmp_path: Path) -> None:
    """More use than the limit is no negative number; a missing ``memory.stat`` holds no copies of files."""
    files = {f"{CGROUP}/memory.max": "100", f"{CGROUP}/memory.current": "200", **SYSTEM}
    assert available_bytes(machine(tmp_path, "0::/\n", MOUNT_V2, files)) == 1


@pytest.mark.parametrize("meminfo", ["", "MemAvailable: lots kB\n", "MemAvailable:\n", "\xff"])
def test_the_system_is_asked_another_way(tmp_path: Path, meminfo: str) -> None:
    """Where the list of the system's memory says nothing, all of it counts."""
    assert available_bytes(machine(tmp_path, "", "", {"/proc/meminfo": meminfo})) > 2**20

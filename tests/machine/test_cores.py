"""How many cores may be used: what the process is bound to, and the quotas of its control groups."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import mlpstudy
from machine.machines import MOUNT_CPU, MOUNT_V2, machine
from mlpstudy.machine.cgroups import group_folders
from mlpstudy.machine.cores import n_cores

CGROUP = "/sys/fs/cgroup"
CPU = f"{CGROUP}/cpu,cpuacct"


@pytest.fixture(autouse=True)
def _bound_to_eight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)


@pytest.mark.parametrize(
    ("cpu_max", "expected"),
    [
        ("50000 100000", 1),
        ("100000 100000", 1),
        ("100001 100000", 2),
        ("200000 100000", 2),
        ("250000 100000", 3),
        ("6400000 100000", 8),
        ("max 100000", 8),
        ("max", 8),
        ("", 8),
        ("0 100000", 8),
        ("-5 100000", 8),
        ("100000 0", 8),
        ("200000", 8),
        ("2e5 1e5", 8),
        ("200000 100000 7", 8),
        ("two\xff one", 8),
    ],
)
def test_a_quota_of_version_2_is_rounded_up(tmp_path: Path, cpu_max: str, expected: int) -> None:
    """Half a core is one, two and a half are three; what is no quota leaves what the process is bound to."""
    files = {f"{CGROUP}/own/cpu.max": f"{cpu_max}\n"}
    assert n_cores(machine(tmp_path, "0::/own\n", MOUNT_V2, files)) == expected


def test_the_smallest_quota_of_the_groups_above_holds(tmp_path: Path) -> None:
    """A group may use no more than the ones above it; groups beside its path do not matter."""
    files = {
        f"{CGROUP}/pod/cpu.max": "300000 100000",
        f"{CGROUP}/pod/box/cpu.max": "max 100000",
        f"{CGROUP}/pod/box/own/cpu.max": "1000000 100000",
        f"{CGROUP}/pod/other/cpu.max": "100000 100000",
    }
    root = machine(tmp_path, "0::/pod/box/own\n", MOUNT_V2, files)
    assert n_cores(root) == 3
    (root / f"{CGROUP.lstrip('/')}/pod/box/cpu.max").write_text("150000 100000")
    assert n_cores(root) == 2


@pytest.mark.parametrize(
    ("quota", "period", "expected"),
    [
        ("200000", "100000", 2),
        ("150000", "100000", 2),
        ("25000", "50000", 1),
        ("-1", "100000", 8),
        ("0", "100000", 8),
        ("", "100000", 8),
        ("200000", "", 8),
        ("200000", "0", 8),
        ("2\u00b2", "100000", 8),
    ],
)
def test_a_quota_of_version_1(tmp_path: Path, quota: str, period: str, expected: int) -> None:
    """Quota and period stand in two files; a quota of -1 is none."""
    files = {f"{CPU}/docker/a/cpu.cfs_quota_us": f"{quota}\n", f"{CPU}/docker/a/cpu.cfs_period_us": f"{period}\n"}
    groups = "12:memory:/elsewhere\n3:cpu,cpuacct:/docker/a\n1:name=systemd:/docker/a\n"
    assert n_cores(machine(tmp_path, groups, MOUNT_CPU, files)) == expected


def test_a_missing_period_is_no_quota(tmp_path: Path) -> None:
    """A quota without its period says nothing."""
    files = {f"{CPU}/cpu.cfs_quota_us": "100000"}
    assert n_cores(machine(tmp_path, "3:cpu,cpuacct:/\n", MOUNT_CPU, files)) == 8


def test_both_versions_at_once(tmp_path: Path) -> None:
    """Where a machine has the groups of both versions, both are heeded."""
    unified = MOUNT_V2.replace(CGROUP, f"{CGROUP}/unified")
    files = {
        f"{CPU}/a/cpu.cfs_quota_us": "300000",
        f"{CPU}/a/cpu.cfs_period_us": "100000",
        f"{CGROUP}/unified/b/cpu.max": "500000 100000",
    }
    assert n_cores(machine(tmp_path, "3:cpu,cpuacct:/a\n0::/b\n", f"{MOUNT_CPU}\n{unified}", files)) == 3


def test_a_container_that_sees_its_own_group_as_the_root(tmp_path: Path) -> None:
    """Docker mounts a container's group alone: its path may be named as outside, or be the root of what is seen."""
    own = MOUNT_CPU.replace(" / ", " /docker/a ", 1)
    files = {f"{CPU}/cpu.cfs_quota_us": "200000", f"{CPU}/cpu.cfs_period_us": "100000"}
    for group in ("/docker/a", "/", "/../b", "/docker/a/../b", "/docker/b"):
        assert n_cores(machine(tmp_path, f"3:cpu,cpuacct:{group}\n", own, files)) == 2
    files = {f"{CPU}/inner/cpu.cfs_quota_us": "100000", f"{CPU}/inner/cpu.cfs_period_us": "100000", **files}
    assert n_cores(machine(tmp_path, "3:cpu,cpuacct:/docker/a/inner\n", own, files)) == 1


def test_groups_of_others_are_none_of_ours(tmp_path: Path) -> None:
    """A manager of containers mounts their groups beside its own: their quotas are not this process's."""
    others = (
        "40 25 0:26 /docker/a /run/v2 rw - cgroup2 cgroup2 rw\n41 25 0:28 /docker/a /run/v1 rw - cgroup cgroup rw,cpu"
    )
    files = {
        "/run/v2/cpu.max": "100000 100000",
        "/run/v1/cpu.cfs_quota_us": "100000",
        "/run/v1/cpu.cfs_period_us": "100000",
        f"{CGROUP}/user/cpu.max": "300000 100000",
    }
    for mounts in (f"{MOUNT_V2}\n{others}", f"{others}\n{MOUNT_V2}"):
        assert n_cores(machine(tmp_path, "0::/user\n", mounts, files)) == 3
    assert n_cores(machine(tmp_path, "3:cpu:/user\n", f"{MOUNT_CPU}\n{others}", files)) == 8


def test_a_place_with_spaces(tmp_path: Path) -> None:
    r"""The list of mounts writes a space as ``\040``."""
    files = {"/my groups/own/cpu.max": "100000 100000"}
    assert n_cores(machine(tmp_path, "0::/own\n", MOUNT_V2.replace(CGROUP, "/my\\040groups"), files)) == 1


@pytest.mark.parametrize("groups", ["", "\n", "0::", "garbage", "0:cpu", "3:cpu:/a:b", "\xff\xfe:\x00:/"])
@pytest.mark.parametrize(
    "mounts", ["", "-", " - cgroup2", "1 2 3 / /x - cgroup2 cgroup2 rw", "30 23 0:26 / / - cgroup c"]
)
def test_what_cannot_be_understood_is_no_quota(tmp_path: Path, groups: str, mounts: str) -> None:
    """Whatever the kernel's files hold, there is a number of cores."""
    assert n_cores(machine(tmp_path, groups, mounts)) == 8


def test_a_system_without_any_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing says what the process is bound to, the machine's cores count; at least one, where none is known."""
    assert group_folders("cpu", tmp_path) == ()
    assert n_cores(tmp_path) == 8
    monkeypatch.delattr(os, "sched_getaffinity")
    for n, expected in ((4, 4), (None, 1)):
        monkeypatch.setattr(os, "cpu_count", lambda n=n: n)
        assert n_cores(tmp_path) == expected


def test_nobody_else_counts_cores() -> None:
    """The package asks one function how many cores there are."""
    package = Path(mlpstudy.__file__).parent
    asking = ("sched_getaffinity", "cpu_count")
    texts = {path.name: path.read_text(encoding="utf-8") for path in package.rglob("*.py")}
    assert [name for name, text in texts.items() if any(word in text for word in asking)] == ["cores.py"]

"""What a container may take of the machine, as Linux tells it: the control groups of this process."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ROOT = Path("/")


@dataclass(frozen=True, slots=True)
class _Mount:
    """A hierarchy of control groups where this process sees it: ``place`` shows the group ``root``."""

    root: PurePosixPath
    place: PurePosixPath
    is_v2: bool
    controllers: frozenset[str]


def group_folders(controller: str, root: Path = ROOT) -> tuple[Path, ...]:
    """Return the folders of this process's groups, each before the ones above it: the limits of all of them hold.

    Those of version 2 and of version 1 of the control groups, whose files have other names; machines have either, or
    both. Nothing where there are none, or where what they say cannot be understood.

    Args:
        controller: ``cpu`` or ``memory``.
        root: what stands for the root of the file system.
    """
    mounts = [mount for mount in _mounts(root) if mount.is_v2 or controller in mount.controllers]
    found: list[PurePosixPath] = []
    for is_v2, group in _groups(controller, root).items():
        found += _folders([mount for mount in mounts if mount.is_v2 == is_v2], group)
    return tuple(root / str(folder).lstrip("/") for folder in found)


def lines(path: Path) -> list[str]:
    """Return the lines of a file of the kernel's, none where there is no such file."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def whole(path: Path) -> int | None:
    """Return the number that is all of a file of the kernel's, None where there is none."""
    return number("".join(lines(path)).strip())


def number(text: str) -> int | None:
    """Return a number, None where it is none.

    >>> number("100000"), number("-1"), number("max"), number("")
    (100000, -1, None, None)
    """
    return int(text) if re.fullmatch(r"-?[0-9]{1,20}", text) else None


def _groups(controller: str, root: Path) -> dict[bool, PurePosixPath]:
    """Return this process's group for a controller, by whether it is of version 2: lines ``id:controllers:path``."""
    found = {}
    for line in lines(root / "proc/self/cgroup"):
        number_, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        is_v2 = number_ == "0" and not controllers
        if is_v2 or controller in controllers.split(","):
            found[is_v2] = PurePosixPath(path)
    return found


def _mounts(root: Path) -> Iterator[_Mount]:
    """Yield where hierarchies are mounted: lines ``id parent device root place options ... - type what options``."""
    for line in lines(root / "proc/self/mountinfo"):
        before, _, after = line.partition(" - ")
        fields, kinds = before.split(" "), after.split(" ")
        if len(fields) > 4 and len(kinds) > 2 and kinds[0] in {"cgroup", "cgroup2"}:  # noqa: PLR2004  # those named above
            options = frozenset(kinds[2].split(","))
            yield _Mount(_path(fields[3]), _path(fields[4]), kinds[0] == "cgroup2", options)


def _path(text: str) -> PurePosixPath:
    r"""Return a path of the list of mounts, in which spaces are written ``\040``.

    >>> str(_path(r"/a\040b"))
    '/a b'
    """
    return PurePosixPath(re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text))


def _folders(mounts: Sequence[_Mount], group: PurePosixPath) -> Iterator[PurePosixPath]:
    """Yield the folders of a group and of those above it, as far as they are mounted.

    A group that no mount shows, as in a container that has its own view of the groups, is the topmost one that can be
    seen. Where one shows it, what others show are groups of others, as beside a manager of containers.
    """
    showing = [mount for mount in mounts if ".." not in group.parts and group.is_relative_to(mount.root)]
    for mount in showing or mounts:
        below = group.relative_to(mount.root) if showing else PurePosixPath()
        yield from (mount.place / part for part in (below, *below.parents))

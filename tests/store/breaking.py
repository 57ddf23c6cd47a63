"""Helpers for tests that break things: what was said, changes behind the store's back, lost rights."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mlpstudy.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = 65534


def folder_in_memory() -> Path:
    """Make a folder for the caller to remove, in memory where there is such a file system.

    Tests that strike at calls instead of cutting the power need no real disk, which takes most of their time.
    """
    shared = Path("/dev/shm")  # noqa: S108  # a folder of our own is made in it
    return Path(tempfile.mkdtemp(dir=shared if os.access(shared, os.W_OK) else None))


def fault_layer(folder: Path) -> Path:
    """Compile the layer that makes calls to the disk fail, into a folder."""
    library = folder / "faults.so"
    compiler = os.environ.get("CXX", "c++")
    source = Path(__file__).with_name("faults.cpp")
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
    return library


ONE_IN = 1 if os.environ.get("MLPSTUDY_TEST_FAULTS") == "all" else 4
"""Of the calls that change a file a fault strikes at one in so many; ``make faults`` strikes at all."""


def under_the_fault_layer(layer: Path, module: str, folder: Path, fault: str) -> list[int]:
    """Run a module that strikes at one call in ``ONE_IN``; return how many calls it struck at, a number a line."""
    tests = str(Path(__file__).parents[1])
    path = os.pathsep.join([tests, *sys.path])
    environment = os.environ | {"PYTHONPATH": path, "LD_PRELOAD": str(layer)}
    command = [sys.executable, "-m", module, str(folder), fault, str(ONE_IN)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return [int(line.split()[0]) for line in done.stdout.splitlines()]


def said(call: Any, *arguments: Any) -> str:
    """Return the one line of the StoreError that a call must end with."""
    with pytest.raises(StoreError) as caught:
        call(*arguments)
    text = str(caught.value)
    assert "\n" not in text
    return text


def execute(folder: Path, statement: str, parameters: tuple[object, ...] = ()) -> None:
    """Change a study's database behind the store's back."""
    with closing(sqlite3.connect(folder / "study.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(statement, parameters)


@contextmanager
def nobody() -> Iterator[Path]:
    """Yield a folder that everybody may read; inside, act as a user who has no special rights."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    me = os.geteuid()
    try:
        yield folder
    finally:
        os.seteuid(me)
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755)
        shutil.rmtree(folder)


def become_nobody(folder: Path) -> None:
    """Take the right to write from a folder and from this process, until ``nobody`` ends."""
    for path in (*folder.rglob("*"), folder):
        path.chmod(0o555 if path.is_dir() else 0o444)
    if os.geteuid() == 0:
        os.seteuid(NOBODY)

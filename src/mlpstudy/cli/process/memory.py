"""Too little address space, as ``ulimit -v`` leaves it: said in one line before a library ends the process.

Polars and the renderer of figures reserve memory for their threads when they are loaded. Where they get none, they
abort or wait for ever: nothing that Python could catch.
"""

from __future__ import annotations

import importlib.abc
import sys
from typing import TYPE_CHECKING

from mlpstudy.errors import MlpstudyError, must

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

LEAST_BYTES = 2_000_000_000
"""Address space with which a small study of a table trains on two cores; far more than the memory that it uses."""

NEEDS_SPACE = frozenset({"polars", "vl_convert", "torch"})


class _Guard(importlib.abc.MetaPathFinder):
    """Stands before all finders, finds nothing, and refuses what would abort."""

    def find_spec(self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None) -> ModuleSpec | None:
        """Let a module be found by others, or say why it cannot be loaded."""
        if name in NEEDS_SPACE:
            check_address_space()
        return None


def guard_imports() -> None:
    """Refuse to load what would abort, where address space is limited to less."""
    if _limit() < LEAST_BYTES:
        sys.meta_path.insert(0, _Guard())


def check_address_space() -> None:
    """Refuse to go on where address space is limited to too little.

    Raises:
        MlpstudyError: one line, with what mends it.
    """
    limit = _limit()
    if limit < LEAST_BYTES:
        be = f"be at least {LEAST_BYTES / 1e9:g} GB"
        found = f"{limit / 1e9:.2g} GB"
        raise MlpstudyError(must("the limit of address space (ulimit -v)", be, found, "ulimit -v unlimited"))


def _limit() -> float:
    """Return the bytes of address space that this process may have."""
    try:
        import resource
    except ImportError:  # not a POSIX system
        return float("inf")
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return float("inf") if soft == resource.RLIM_INFINITY else float(soft)

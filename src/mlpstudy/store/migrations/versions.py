"""Which versions of the schema there are, and how each is made of the one before.

docs/store.md describes every table. A new version is a file that is named here; those of earlier versions never
change, so that a store of any of them can be opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.store.migrations import version_1, version_2

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (version_1.upgrade, version_2.upgrade)
"""``MIGRATIONS[v]`` brings a database from version v to version v + 1; version 0 is empty."""

SCHEMA_VERSION = len(MIGRATIONS)
"""Version of the schema; a store of a newer one is refused."""

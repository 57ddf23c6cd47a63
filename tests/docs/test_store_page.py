"""docs/store.md has every table, column and file of a study's folder, and no other."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from docs.pages import marks, page, rows, section
from mlpstudy.report import write_report
from mlpstudy.results import StudyResults
from mlpstudy.store import note_look
from mlpstudy.store.migrations.versions import SCHEMA_VERSION
from mlpstudy.store.schema import migrate
from store import samples

PAGE = page("store.md")
SCHEMA = section(PAGE, f"Schema, version {SCHEMA_VERSION}")
TABLES = dict(re.findall(r"^\*\*(\w+)\*\*:(.*?)(?=^\*\*|^A \*seal\*)", SCHEMA, re.MULTILINE | re.DOTALL))
"""What the page says of each table."""


def columns() -> dict[str, list[str]]:
    """Return the columns of every table of a new database."""
    with sqlite3.connect(":memory:", isolation_level=None) as connection:
        migrate(connection)
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")] for name in names}


COLUMNS = columns()


def test_tables() -> None:
    """Each table of the database has its paragraph."""
    assert sorted(TABLES) == sorted(COLUMNS)


@pytest.mark.parametrize("name", COLUMNS)
def test_columns(name: str) -> None:
    """Each column of a table is named: in the first column of a table of the page, or in its paragraph."""
    text = TABLES[name]
    named = [mark for row in rows(text) for mark in marks(row[0])] if "|---" in text else marks(text)
    assert sorted(mark for mark in named if re.fullmatch(r"[a-z]\w*", mark)) == sorted(COLUMNS[name])


def test_files(tmp_path: Path) -> None:
    """What lies in a folder while a run is not finished, after everything else was done, is what the page lists."""
    study, folder = samples.tiny_study(), tmp_path / "notebook"
    with samples.write(folder, study) as store:
        store.finish_run(samples.finished(study, "4", 0))
        store.begin_run(samples.record(study, "4", 1))
        store.save_checkpoint(samples.checkpoint(study, "4", 1))
    note_look(folder, "judge")
    results = StudyResults(folder)
    results.write_claims()
    results.save_figures(run_figures=False)
    write_report(results, weights_mb=0)
    (listing,) = re.findall(r"^```\nruns/notebook/\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    listed = [name for line in listing.splitlines() for name in line.strip().split("  ")[0].split(", ")]
    found = [path.name + "/" * path.is_dir() for path in folder.iterdir()]
    assert sorted(found) == sorted("".join(name.partition("/")[:2]) for name in listed if not name.startswith("."))

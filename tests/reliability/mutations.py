"""Every column of every table, changed to whatever may stand there, under every command that reads a study.

    PYTHONPATH=tests python -m reliability.mutations            all of them
    PYTHONPATH=tests python -m reliability.mutations --part 10  every tenth

The columns come from the schema itself, so that a new one is changed too. A command may succeed or end in one line of
ours; a traceback, a warning, a second line or a control character on the terminal is a fault.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import resource
import shutil
import sqlite3
import sys
import tempfile
import time
import warnings
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mlpstudy.cli.app import app
from mlpstudy.running import workflow
from mlpstudy.running.equipment import Equipment

if TYPE_CHECKING:
    from collections.abc import Iterator

HUGE = (1 << 63) - 1
TEXTS: tuple[object, ...] = (
    *("", "x", "0", "-1", "1e999", "x" * 20_000, "é\u202e\U0001f600", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "a\nb"),
    *(
        "[/]",
        "[red]x[/red]",
        "../../x",
        "<script>alert(1)</script>",
        "nul\0nul",
        "{",
        "[]",
        "{}",
        "null",
        "7",
        '{"a":1}',
    ),
    *('{"a":1}', "[" * 50_000, "[1,2,3]", '["a"]', '{"kind":"numbers"}', "9" * 5000, b"\xff\xfe", b""),
)
VALUES: dict[str, tuple[object, ...]] = {
    "INTEGER": (None, -1, 0, 1, 2, 1000, 1 << 31, 1 << 53, HUGE, -HUGE - 1, 1.5, "x", "", b"\0"),
    "REAL": (None, -1.0, 0.0, 0.5, 2.0, 1e-320, 1e6, -1e308, 1e308, float("inf"), float("-inf"), "x", "", b"\0"),
    "TEXT": (None, *TEXTS),
    "BLOB": (None, b"", b"\0", "text", 7),
}
"""What is tried in a column, by its declared type; a blob of the right length besides."""

LEAVES: tuple[Any, ...] = (None, True, -1, 0, 1, 1e308, 1 << 70, "", "x", "\x1b[31m", [], [[]], {}, {"a": 1}, [None])
"""What is tried in the place of each value of a JSON text."""

COMMANDS: tuple[tuple[str, ...], ...] = (
    ("show", "DIR"),
    ("show", "DIR", "--json"),
    ("show", "DIR", "--format", "csv"),
    ("show", "DIR", "--format", "csv", "--table", "runs"),
    ("show", "DIR", "--format", "csv", "--table", "epochs"),
    ("show", "DIR", "--format", "markdown", "--table", "verdicts"),
    ("judge", "DIR"),
    ("judge", "DIR", "--json"),
    ("plan", "DIR"),
    ("verify", "DIR"),
    ("report", "DIR", "--weights-mb", "0", "--json"),
    ("predict", "DIR", "NEW"),
)
"""The commands that read a study's folder."""


COMMAND = typer.main.get_command(app)
"""Made once: making it takes longer than most of what is tried here."""


@dataclass(frozen=True)
class Mutation:
    """One change to a study's database.

    Attributes:
        what: the table and column, or what else is changed.
        statement: what SQLite executes.
        value: its one parameter.
    """

    what: str
    statement: str
    value: object

    def __str__(self) -> str:
        return f"{self.what} = {self.value!r:.80} ({self.statement[:120]})"


def make_base(folder: Path) -> None:
    """Make a small real study of a table, with baselines, diagnostics and claims, and new rows to predict."""
    numbers = random.Random(3)  # noqa: S311  # no secret
    rows = [f"{numbers.random():.3f},{numbers.random():.3f},{'abc'[i % 3]},{['no', 'yes'][i % 2]}" for i in range(80)]
    (folder / "data.csv").write_text("\n".join(["length,width,colour,ripe", *rows]) + "\n")
    (folder / "new.csv").write_text(
        "\n".join(["length,width,colour", *(row.rpartition(",")[0] for row in rows[:5])]) + "\n"
    )
    (folder / "study.toml").write_text(
        'name = "small"\ndata = { path = "data.csv", target = "ripe" }\nseeds = 2\n'
        'training = { epochs = 2, batch_size = 16, diagnostics = true }\nbaselines = ["majority class"]\n'
        "[factors.width]\n3 = { hidden = [3] }\n4 = { hidden = [4] }\n"
    )
    workflow.run_study(folder / "study.toml", out=folder / "base", equipment=Equipment(n_threads=1))
    fault(("judge", "DIR"), folder / "base", folder)


def columns(folder: Path) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Yield table, column, declared type and key of every column that the schema has."""
    with closing(sqlite3.connect(folder / "study.db")) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        for table in tables:
            found = connection.execute(f"PRAGMA table_info({table})").fetchall()
            key = tuple(row[1] for row in sorted(found, key=lambda row: row[5]) if row[5]) or ("rowid",)
            for _, name, kind, *_ in found:
                yield table, name, kind, key


def mutations(base: Path) -> Iterator[Mutation]:
    """Yield every change: of each column in the first row of its table and in all of them, of each value of a JSON."""
    for table, name, kind, key in columns(base):
        keys = ", ".join(key)
        first = f" WHERE ({keys}) = (SELECT {keys} FROM {table} LIMIT 1)"  # noqa: S608  # the schema's own names
        for where in (first, ""):
            for value in VALUES[kind]:
                yield Mutation(f"{table}.{name}", f"UPDATE {table} SET {name} = ?{where}", value)  # noqa: S608  # as above
            if kind == "TEXT":
                yield Mutation(f"{table}.{name}", f"UPDATE {table} SET {name} = CAST(? AS TEXT){where}", b"\xff\xfe")  # noqa: S608  # as above
            if kind == "BLOB":
                for byte in ("00", "ff", "7f"):
                    filled = f"unhex(replace(hex(zeroblob(length({name}))), '00', ?))"
                    yield Mutation(f"{table}.{name}", f"UPDATE {table} SET {name} = {filled}{where}", byte)  # noqa: S608  # as above
        yield Mutation(table, f"DELETE FROM {table} WHERE ? IS NULL", None)  # noqa: S608  # as above
    for name in ("fields", "class_names", "preprocessing"):
        yield from json_mutations(base, name)


def json_mutations(base: Path, name: str) -> Iterator[Mutation]:
    """Yield changes of each value, at whatever depth, of a JSON text of the study."""
    with closing(sqlite3.connect(base / "study.db")) as connection:
        (text,) = connection.execute(f"SELECT {name} FROM study").fetchone()  # noqa: S608  # our names
    for way in ways(json.loads(text)):
        for leaf in LEAVES:
            changed = json.loads(text)
            at = changed
            for step in way[:-1]:
                at = at[step]
            at[way[-1]] = leaf
            yield Mutation(f"{name} at {way}", f"UPDATE study SET {name} = ?", json.dumps(changed))  # noqa: S608  # our names


def ways(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # JSON
    """Yield the way to every value inside another one."""
    steps = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for step in steps:
        yield (*way, step)
        yield from ways(value[step], (*way, step))


def apply(base: Path, folder: Path, mutation: Mutation) -> bool:
    """Copy the study and change it behind the store's back; return whether SQLite let it be changed.

    Constraints are taken out of the schema for the change, and put back: whoever sends a file can do the same.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base, folder)
    with closing(sqlite3.connect(folder / "study.db", isolation_level=None)) as connection:
        schema = connection.execute("SELECT rowid, sql FROM sqlite_schema").fetchall()
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_schema SET sql = replace(sql, ' NOT NULL', '')")
    try:
        with closing(sqlite3.connect(folder / "study.db", isolation_level=None)) as connection:
            connection.create_function("unhex", 1, bytes.fromhex)
            connection.execute("PRAGMA ignore_check_constraints = ON")
            connection.execute(mutation.statement, (mutation.value,))
    except sqlite3.Error:
        return False
    with closing(sqlite3.connect(folder / "study.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.executemany("UPDATE sqlite_schema SET sql = ? WHERE rowid = ?", [(sql, i) for i, sql in schema])
    return True


def fault(command: tuple[str, ...], folder: Path, new: Path) -> str | None:
    """Run a command on a folder; return what is wrong with how it ended, None where it ended as it should."""
    arguments = [{"DIR": str(folder), "NEW": str(new)}.get(word, word) for word in command]
    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    try:
        with redirect_stdout(out), redirect_stderr(err):
            COMMAND.main(arguments, prog_name="mlpstudy")
    except SystemExit as end:
        code = end.code or 0
    except BaseException as error:  # noqa: BLE001  # any other is a fault
        return f"{type(error).__name__}: {error}"
    return _wrong_end(command[0], code, out.getvalue(), err.getvalue())


def _wrong_end(name: str, code: object, out: str, err: str) -> str | None:
    """Return what is wrong with an exit code and what was printed, None where nothing is."""
    if code not in {0, 1}:
        return f"exit code {code}"
    if err.count("\n") > 1 or (err and not err.startswith("mlpstudy: ")):
        return f"on standard error: {err[:500]!r}"
    if code == 1 and not err and name != "verify":
        return "exit code 1 without a word"
    unprintable = next((c for c in out + err if c != "\n" and not c.isprintable()), None)
    return f"unprintable: {unprintable!r}" if unprintable else None


def faults(base: Path, mutation: Mutation, commands: tuple[tuple[str, ...], ...] = COMMANDS) -> list[str]:
    """Return what goes wrong in the commands after a change, a line each."""
    folder = base.parent / "mutated"
    if not apply(base, folder, mutation):
        return []
    new = base.parent / "new.csv"
    found = ((command, fault(command, folder, new)) for command in commands)
    return [f"{' '.join(command)}: {problem}; {mutation}" for command, problem in found if problem]


def chosen(base: Path, part: int) -> Iterator[tuple[Mutation, tuple[tuple[str, ...], ...]]]:
    """Yield every n-th change with the commands to try: all of them, the slow report after every tenth change."""
    for i, mutation in enumerate(mutations(base)):
        if i % part == 0:
            yield mutation, COMMANDS if i // part % 10 == 0 else tuple(c for c in COMMANDS if c[0] != "report")


def main() -> int:
    """Try every change, or a part of them; print the faults."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--part", type=int, default=1, help="try every n-th change")
    parser.add_argument("--only", default="", help="changes whose name contains this")
    options = parser.parse_args()
    warnings.simplefilter("error")
    # A folder that asks for hundreds of gigabytes is to fail here, not to take the machine down.
    resource.setrlimit(resource.RLIMIT_AS, (12 << 30, 12 << 30))
    n_changes = n_faults = 0
    with tempfile.TemporaryDirectory() as name:
        make_base(Path(name))
        for mutation, commands in chosen(Path(name) / "base", options.part):
            if options.only in str(mutation):
                n_changes += 1
                for line in faults(Path(name) / "base", mutation, commands):
                    n_faults += 1
                    sys.stdout.write(line + "\n")
                    sys.stdout.flush()
    sys.stdout.write(f"{n_changes} changes, {n_faults} faults, {time.process_time():.0f} s of CPU\n")
    return 1 if n_faults else 0


if __name__ == "__main__":
    sys.exit(main())

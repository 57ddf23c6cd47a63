"""Every hostile name by itself, in every place of a folder and of a table, through every command: ``make names``."""

from __future__ import annotations

import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

from typer.testing import CliRunner

from mlpstudy.cli.app import app
from mlpstudy.dashboard.following.channel import message
from mlpstudy.dashboard.following.reader import StudyReader
from mlpstudy.dashboard.state.delta import whole
from mlpstudy.results import StudyResults
from names import hostile, journey

COMMANDS = (
    ("show",),
    ("show", "--json"),
    *(("show", "--format", form) for form in ("markdown", "latex", "csv")),
    *(("show", "--format", form, "--table", "verdicts") for form in ("markdown", "latex", "csv")),
    *(("show", "--format", "csv", "--table", table) for table in ("runs", "epochs")),
    ("judge", "--why", "--explore"),
    ("judge", "--json"),
    ("plan",),
    ("plan", "--json"),
    ("verify",),
    ("verify", "--json"),
    ("report", "--weights-mb", "0"),
)
"""The commands that open a folder."""


AT_ONCE = 8
"""Names in one folder and in one table."""


def check_folder(folder: Path) -> list[str]:
    """Send a stranger's folder through every command that opens one, and return what went wrong."""
    wrong = []
    for command, *options in COMMANDS:
        result = CliRunner().invoke(app, [command, str(folder), *options])
        name = " ".join((command, *options))
        if result.exit_code != 0:
            wrong.append(f"{name}: {result.exception!r} {result.output[-500:]}")
        wrong += [f"{name} printed {found}" for found in hostile.hidden(result.output)[:3]]
    state = StudyReader(folder).read()
    assert state is not None
    sent = message("whole", whole(state), "1").decode()
    wrong += [f"the dashboard sent {found}" for found in hostile.hidden(sent)[:3]]
    for path in StudyResults(folder).save_figures(folder / "drawn", run_figures=False):
        if path.suffix == ".svg":
            text = path.read_text(encoding="utf-8")
            ET.fromstring(text)  # noqa: S314  # our own
            wrong += [f"{path} holds {found}" for found in hostile.hidden(text)[:3]]
    return wrong


def check_table(folder: Path, attacks: Sequence[str]) -> list[str]:
    """Send a table with such columns and classes through the commands, and return what went wrong."""
    levels = [hostile.ATTACKS[attack] for attack in attacks if attack not in hostile.REFUSED]
    try:
        printed = journey.send(folder, [hostile.ATTACKS[attack] for attack in attacks], [*levels, "a", "b"])
    except AssertionError as error:
        return [str(error)]
    return [f"{name} printed {found}" for name, text in printed.items() for found in hostile.hidden(text)[:3]]


def main() -> None:
    """Print a line a check, and what went wrong; exit with 1 where anything did."""
    failed = False
    names, attacks = hostile.one_by_one(), list(hostile.ATTACKS)
    with tempfile.TemporaryDirectory() as place:
        for i in range(0, len(attacks), AT_ONCE):
            folder, tables = Path(place) / f"folder {i}", Path(place) / f"tables {i}"
            tables.mkdir()
            # A folder's levels have at least two names, or nothing is compared.
            own = names[i : i + AT_ONCE] if i + 1 < len(names) else names[-2:]
            wrong = check_folder(hostile.write_folder(folder, own)) + check_table(tables, attacks[i : i + AT_ONCE])
            failed = failed or bool(wrong)
            said = f"{'FAILED' if wrong else 'ok'} {', '.join(attacks[i : i + AT_ONCE])}"
            print("\n  ".join([said, *wrong]), flush=True)  # noqa: T201  # the answer
    print(f"{time.process_time():.0f} s of CPU in this process")  # noqa: T201  # the answer
    sys.exit(int(failed))


if __name__ == "__main__":
    main()

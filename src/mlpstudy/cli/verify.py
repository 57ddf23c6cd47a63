"""``mlpstudy verify``: is everything as it was written, and does every claim hold?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlpstudy.cli.printing.exits import ExitCode
from mlpstudy.cli.printing.terminal import say, say_json
from mlpstudy.text.escaping import shell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlpstudy.judging.claims import Verification
    from mlpstudy.store import Finding


def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A study's folder.")] = Path("runs/notebook"),
    repair: Annotated[bool, typer.Option("--repair", help="Drop what is damaged, for the next run to train.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Check every hash and outcome in a study's folder, recompute its claims, and judge the judge on its own runs.

    Exits with 1 where anything is damaged or a claim no longer holds. With --repair it drops damaged runs and
    checkpoints instead, and nothing else: the next run of the study trains exactly these again.

    Example: mlpstudy verify runs/notebook
    """
    if repair:
        _repair(folder, as_json=as_json)
        return
    from mlpstudy.evidence.plain import plain
    from mlpstudy.results import StudyResults

    found = StudyResults(folder).verify()
    if as_json:
        values = plain(found)
        assert isinstance(values, dict)  # noqa: S101  # a dataclass
        say_json({"holds": found.holds, **values}, indent=1)
    else:
        _print(folder, found)
    if not found.holds:
        raise typer.Exit(ExitCode.FAULT)


def _print(folder: Path, found: Verification) -> None:
    """Say what is damaged, what no longer holds, and what was checked."""
    for finding in found.findings:
        say(f"damaged: {finding}")
    for line in _remedies(folder, found.findings):
        say(line)
    for line in found.broken:
        say(f"no longer holds: {line}")
    if not found.findings:
        say("Nothing is damaged.")
    if found.n_claims is None:
        say(f"No claims were written yet: mlpstudy judge {shell(folder)}")
    elif not found.broken:
        say(f"All {found.n_claims} claims hold.")
    if found.self_check is not None:
        say(f"A/A check. {found.self_check.sentence}")


def _remedies(folder: Path, findings: Sequence[Finding]) -> Iterator[str]:
    """Say what of the damage can be mended, and how; and what cannot."""
    runs = {finding.run_id for finding in findings if finding.remedy == "train again"}
    if runs:
        what = "1 run" if len(runs) == 1 else f"{len(runs)} runs"
        yield f"{what} can be trained again: mlpstudy verify {shell(folder)} --repair, then mlpstudy run"
    if any(finding.remedy in {"remove", "fit again"} for finding in findings):
        yield f"What else is damaged can be done without: mlpstudy verify {shell(folder)} --repair"
    if any(finding.remedy == "none" for finding in findings):
        yield "The study itself is damaged: bring back a copy of the folder, or run the study in another one"


def _repair(folder: Path, *, as_json: bool) -> None:
    """Drop what is damaged; say what, and what is left."""
    from mlpstudy.evidence.plain import plain
    from mlpstudy.store import repair

    dropped, left = repair(folder)
    if as_json:
        say_json({"dropped": plain(dropped), "left": plain(left)}, indent=1)
    else:
        for finding in dropped:
            say(f"dropped: {finding}")
        for finding in left:
            say(f"damaged: {finding}")
        n_runs = len({finding.run_id for finding in dropped if finding.remedy == "train again"})
        if n_runs:
            say(f"mlpstudy run trains {'this run' if n_runs == 1 else f'these {n_runs} runs'} again.")
        for line in _remedies(folder, left):
            say(line)
        if not dropped and not left:
            say("Nothing is damaged.")
    if left:
        raise typer.Exit(ExitCode.FAULT)

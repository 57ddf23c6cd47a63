"""``mlpstudy verify``: is everything as it was written, and does every claim hold?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A study's folder.")] = Path("runs/notebook"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Check every hash and outcome in a study's folder, recompute its claims, and judge the judge on its own runs.

    Exits with 1 where anything is damaged or a claim no longer holds.

    Example: mlpstudy verify runs/notebook
    """
    from mlpstudy.evidence.plain import plain
    from mlpstudy.results import StudyResults

    found = StudyResults(folder).verify()
    if as_json:
        values = plain(found)
        assert isinstance(values, dict)  # noqa: S101  # a dataclass
        typer.echo(json.dumps({"holds": found.holds, **values}, indent=1))
    else:
        for finding in found.findings:
            typer.echo(f"damaged: {finding}")
        for line in found.broken:
            typer.echo(f"no longer holds: {line}")
        if not found.findings:
            typer.echo("Nothing is damaged.")
        if found.n_claims is None:
            typer.echo(f"No claims were written yet: mlpstudy judge {folder}")
        elif not found.broken:
            typer.echo(f"All {found.n_claims} claims hold.")
        if found.self_check is not None:
            typer.echo(f"A/A check. {found.self_check.sentence}")
    if not found.holds:
        raise typer.Exit(1)

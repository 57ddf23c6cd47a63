"""``mlpstudy show``: the comparison tables of a study's results."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from mlpstudy.results import StudyResults


def show(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A study's folder.")] = Path("runs/notebook"),
    figures: Annotated[bool, typer.Option("--figures", help="Draw the figures again.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Print the comparison tables of a study's results, and what its learning curves show.

    Example: mlpstudy show runs/notebook
    """
    from mlpstudy.cli.tables import print_results
    from mlpstudy.results import StudyResults

    results = StudyResults(folder)
    saved = results.save_figures() if figures else []
    if as_json:
        typer.echo(json.dumps(results_as_json(results), indent=2))
        return
    print_results(results)
    for path in saved:
        typer.echo(path)


def results_as_json(results: StudyResults) -> dict[str, Any]:
    """Return a study's results as plain JSON values."""
    from mlpstudy.progress import finite

    rows = [finite(dataclasses.asdict(row)) for row in results.comparison()]
    runs = [finite(dataclasses.asdict(record)) for record in results.runs()]
    observations = {name: seen.sentence for name, seen in results.observations().items()}
    return {
        "study": results.study.name,
        "n_runs_planned": results.n_planned,
        "comparison": rows,
        "observations": observations,
        "runs": runs,
    }

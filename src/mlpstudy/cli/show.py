"""``mlpstudy show``: the comparison tables of a study's results."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mlpstudy.cli.printing.terminal import say, say_json

if TYPE_CHECKING:
    from mlpstudy.results import StudyResults

RUN_FIGURES = typer.Option(
    "--run-figures/--no-run-figures",
    help="Two figures of every run too: its loss curves and weights.",
    show_default="on for up to 16 architectures of one seed",
)


def show(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A study's folder.")] = Path("runs/notebook"),
    figures: Annotated[bool, typer.Option("--figures", help="Draw the figures again, after the tables.")] = False,
    run_figures: Annotated[bool | None, RUN_FIGURES] = None,
    form: Annotated[
        Literal["terminal", "markdown", "latex", "csv"], typer.Option("--format", help="How the tables are printed.")
    ] = "terminal",
    table: Annotated[
        Literal["comparison", "verdicts", "runs", "epochs"],
        typer.Option(help="Which table; the last two with --format csv only."),
    ] = "comparison",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Print the comparison tables of a study's results, and what its learning curves show.

    Examples: mlpstudy show runs/notebook; mlpstudy show runs/notebook --format latex --table verdicts
    """
    from mlpstudy.cli.printing.tables import print_results
    from mlpstudy.results import StudyResults
    from mlpstudy.store import note_look

    _check_form(form, table, as_json=as_json)
    results = StudyResults(folder)
    note_look(folder, "mlpstudy show")
    if as_json:
        say_json(results_as_json(results), indent=2)
    elif form != "terminal":
        say(_csv(results, table) if form == "csv" else _typeset(results, table, form))
    else:
        print_results(results)
    for path in results.save_figures(run_figures=run_figures) if figures or run_figures else ():
        # What is printed for machines holds nothing but the table.
        say(path, error=as_json or form != "terminal")


def _check_form(form: str, table: str, *, as_json: bool) -> None:
    """Refuse forms that a table does not have."""
    problem = ""
    if as_json and form != "terminal":
        problem = f"must be left out with --json, got {form}, fix: one of the two"
    elif table in ("runs", "epochs") and form != "csv":
        problem = f"must be csv for --table {table}, got {form}, fix: --format csv"
    elif table == "verdicts" and form == "terminal":
        problem = "must be markdown, latex or csv for --table verdicts, got terminal, fix: mlpstudy judge DIR"
    if problem:
        raise typer.BadParameter(problem, param_hint="--format")


def _csv(results: StudyResults, table: Literal["comparison", "verdicts", "runs", "epochs"]) -> str:
    """Return a table with whole numbers, a line a row."""
    from mlpstudy.results.frames import csv_text

    frames = {
        "comparison": results.comparison_frame,
        "verdicts": results.verdicts,
        "runs": results.results,
        "epochs": results.epochs,
    }
    return csv_text(frames[table]()).rstrip("\n")


def _typeset(results: StudyResults, table: str, form: Literal["markdown", "latex"]) -> str:
    """Return a table for a paper."""
    from mlpstudy.results.paper import comparison_table, typeset, verdict_table

    if table == "verdicts":
        return typeset(verdict_table(results.judge()), form)
    rows, tiers = results.comparison_with_tiers()
    n_test, baselines = results.store.n_examples[2], results.store.baselines()
    return typeset(comparison_table(results.study, rows, tiers, n_test, baselines), form)


def results_as_json(results: StudyResults) -> dict[str, Any]:
    """Return a study's results as plain JSON values."""
    with results.store.snapshot():
        return _one_moment_as_json(results)


def _one_moment_as_json(results: StudyResults) -> dict[str, Any]:
    from mlpstudy.text.screen import finite

    rows = [finite(dataclasses.asdict(row)) for row in results.comparison()]
    runs = [finite(dataclasses.asdict(record)) for record in results.runs()]
    observations = {name: seen.sentence for name, seen in results.observations().items()}
    return {
        "study": results.study.name,
        "n_runs_planned": results.n_planned,
        "n_looks": len(results.store.looks()),
        "comparison": rows,
        "baselines": results.baselines().to_dicts(),
        "class_use": dataclasses.asdict(results.class_use()),
        "observations": observations,
        "runs": runs,
    }

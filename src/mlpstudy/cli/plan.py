"""``mlpstudy plan``: how many seeds, and how long they take."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlpstudy.cli.terminal import say, say_json

if TYPE_CHECKING:
    from mlpstudy.evidence.plan import PlanRow, SeedPlan
    from mlpstudy.spec import Study


def plan(
    study: Annotated[
        str, typer.Argument(metavar="STUDY_OR_DIR", help="A study file, a built-in study, or a study's folder.")
    ] = "notebook",
    detect: Annotated[
        float | None,
        typer.Option(
            metavar="POINTS", help="True difference to find, in points.", show_default="the band of indifference"
        ),
    ] = None,
    sd: Annotated[
        float | None,
        typer.Option(metavar="POINTS", help="SD over seeds to plan with, in points.", show_default="observed, or 0.15"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Print how many seeds find a difference, for each family of comparisons, and the command that adds them.

    Example: mlpstudy plan runs/notebook --detect 0.1
    """
    from mlpstudy.evidence.plain import plain
    from mlpstudy.spec import builtin_names, load_study

    share = None if detect is None else detect / 100
    sd_share = None if sd is None else sd / 100
    if study not in builtin_names() and Path(study).is_dir():
        from mlpstudy.results import StudyResults

        results = StudyResults(study)
        found = results.plan(detect=share, sd=sd_share)
        command = _command(results.study, Path(study))
    else:
        from mlpstudy.evidence.plan import ASSUMED_SD
        from mlpstudy.judging import plan_study

        found = plan_study(load_study(study), detect=share, sd=ASSUMED_SD if sd_share is None else sd_share)
        command = f"mlpstudy run {study}"
    if as_json:
        say_json(plain(found), indent=1)
        return
    _print(found, command)


def _command(study: Study, folder: Path) -> str:
    """Return the command that goes on with a folder's study; STUDY.toml where its file is not known."""
    from mlpstudy.spec import builtin_names, load_study

    source = "STUDY.toml"
    if study.name in builtin_names():
        builtin = load_study(study.name)
        epochs = {architecture.training.epochs for architecture in study.architectures}
        if builtin.identity() == study.identity():
            source = study.name
        elif len(epochs) == 1 and builtin.with_changes(epochs=min(epochs)).identity() == study.identity():
            source = f"{study.name} --epochs {min(epochs)}"
    default = Path("runs") / study.name
    return f"mlpstudy run {source}" + ("" if folder == default else f" --out {folder}")


def _print(found: SeedPlan, command: str) -> None:
    """Print what the plan rests on, its table, and the command."""
    from rich import box
    from rich.table import Table

    from mlpstudy.cli.terminal import console

    spread = found.spread
    source = "an assumed" if spread.source == "assumed" else "the observed"
    console().print(
        f"To find a true difference of {100 * found.detect:g} points with a power of {100 * found.power:.0f} % at a "
        f"family-wise error of {100 * found.alpha:.0f} %, with {source} "
        f"SD over seeds of {100 * spread.sd:.3f} points ({100 * spread.sd_difference:.3f} for a difference of two):"
    )
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Family")
    for heading in ("Comparisons", "Seeds", "of them\nmissing", "Time here", "Fewest\npossible", "To show\nEQUIVALENT"):
        table.add_column(heading, justify="right")
    if spread.n_seeds:
        table.add_column(f"{spread.n_seeds} seeds find\n(points)", justify="right")
    for row in found.rows:
        table.add_row(*_cells(row, with_detectable=bool(spread.n_seeds)), style="bold" if row.is_declared else None)
    console().print(table)
    console().print("Bold: the family that the study declares.")
    if spread.new_data_limit is not None:
        console().print(
            f"On new data of the same kind, no number of seeds finds less than about {100 * spread.new_data_limit:.2f} "
            "points: the test set is too small for that."
        )
    declared = next((row for row in found.rows if row.is_declared), found.rows[0])
    if declared.n_seeds is None:
        console().print("More than 1,000 seeds: choose a larger difference with --detect.")
    elif declared.more:
        say(f"{command} --seeds {max(declared.n_seeds, spread.n_seeds)}")
    else:
        console().print("The finished seeds are enough for the declared family.")


def _cells(row: PlanRow, *, with_detectable: bool) -> list[str]:
    """Return the cells of one family."""
    from mlpstudy.numerals import duration

    cells = [
        row.family,
        str(row.n_comparisons),
        "> 1000" if row.n_seeds is None else str(row.n_seeds),
        "-" if row.more is None else str(row.more),
        "-" if row.more_s is None else duration(row.more_s),
        str(row.fewest),
        "> 1000" if row.n_seeds_equivalent is None else str(row.n_seeds_equivalent),
    ]
    if with_detectable:
        cells.append("-" if row.detectable is None else f"{100 * row.detectable:.2f}")
    return cells

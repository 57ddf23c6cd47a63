"""``mlpstudy plan``: how many seeds, and how long they take."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlpstudy.cli.printing.terminal import say, say_json
from mlpstudy.errors import MlpstudyError
from mlpstudy.text.escaping import shell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlpstudy.evidence.plan import PlanRow, SeedPlan, SeedSpread
    from mlpstudy.study import Study


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
        typer.Option(
            metavar="POINTS", help="SD over seeds to plan with, in points.", show_default="observed, or assumed"
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Print how many seeds find a difference, for each family of comparisons, and the command that adds them.

    Example: mlpstudy plan runs/notebook --detect 0.1
    """
    from mlpstudy.cli.process.again import command_of
    from mlpstudy.evidence.plain import plain
    from mlpstudy.study import builtin_names, load_study

    share = None if detect is None else detect / 100
    sd_share = None if sd is None else sd / 100
    if study not in builtin_names() and Path(study).is_dir():
        from mlpstudy.results import StudyResults

        results = StudyResults(study)
        found = results.plan(detect=share, sd=sd_share)
        command = command_of(results)
    else:
        from mlpstudy.judging.folder import plan_study

        loaded = load_study(study)
        found = plan_study(loaded, detect=share, sd=sd_share, n_examples=_n_test(loaded))
        command = f"mlpstudy run {shell(Path(study))}"
    if as_json:
        say_json(plain(found), indent=1)
        return
    _print(found, command, study)


def _n_test(study: Study) -> int | None:
    """Return the number of test examples of a study that has not run; None where its data are not at hand."""
    from mlpstudy.datasets import find_dataset, load

    data = study.data
    try:
        there = None if data.name is None or data.test is not None else find_dataset(data.name).info.n_test
        if there:
            return min(there, data.test_examples or there)
        return len(load(data, study.study_seed).test)
    except (MlpstudyError, OSError):
        return None  # running it will say what is wrong


def _print(found: SeedPlan, command: str | None, study: str) -> None:
    """Print what the plan rests on, its table, and what to do."""
    from rich import box
    from rich.table import Table

    from mlpstudy.cli.printing.terminal import console

    spread = found.spread
    source = {"assumed": "an assumed", "given": "the given", "observed": "the observed"}[spread.source]
    console().print(
        f"To find a true difference of {100 * found.detect:g} points with a power of {100 * found.power:.0f} % at a "
        f"family-wise error of {100 * found.alpha:.0f} %, with {source} "
        f"SD over seeds of {100 * spread.sd:.3f} points ({100 * spread.sd_difference:.3f} for a difference of two):"
    )
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Family")
    for heading in ("Pairs", "Seeds", "of them\nmissing", "Time\nhere", "At\nleast", "To show\nEQUIVALENT"):
        table.add_column(heading, justify="right", no_wrap=True)
    with_detectable = spread.source == "observed" and spread.n_seeds > 0
    if with_detectable:
        table.add_column(f"{spread.n_seeds} seeds\nfind\n(points)", justify="right", no_wrap=True)
    for row in found.rows:
        table.add_row(*_cells(row, with_detectable=with_detectable), style="bold" if row.is_declared else None)
    console().print(table)
    console().print("Bold: the family that the study declares.")
    for sentence in _reservations(found):
        console().print(sentence)
    _advise(found, command, study)


def _reservations(found: SeedPlan) -> Iterator[str]:
    """Yield what the numbers rest on, and what no number of seeds can do."""
    from mlpstudy.evidence.plan import ASSUMED_EXAMPLES

    spread = found.spread
    if spread.source == "assumed":
        n = spread.n_examples or ASSUMED_EXAMPLES
        scaled = f", times the root of 10,000 / {n:,} for the test examples here" if n != ASSUMED_EXAMPLES else ""
        yield (
            "The SD is an assumption: 0.15 points, the middle of what networks show on MNIST's 10,000 test images"
            f"{scaled}. After a few seeds the plan rests on the SD that they have."
        )
    if spread.left_out:
        yield f"The SD is that of the others without {', '.join(spread.left_out)}, which the seeds leave UNSTABLE."
    if spread.unstable:
        yield f"The SD is large because of {', '.join(spread.unstable)}, which the seeds leave UNSTABLE."
    if spread.new_data_limit:  # of outcomes that say nothing of new data there is none to tell
        about = "" if spread.is_limit_observed else ", if architectures differ there as they do on MNIST"
        yield (
            f"On new data of the same kind, no number of seeds finds less than about {_rounded_up(spread):.2f} points "
            f"with {spread.n_examples:,} test examples{about}: only more test data would."
        )
    elif spread.is_limit_observed:
        yield "All runs are right on the same test examples: of what new data can show they say nothing."


def _rounded_up(spread: SeedSpread) -> float:
    """Return the least difference that new data can show, in points, so that what is planned with it is not below."""
    return math.ceil(1e4 * (spread.new_data_limit or 0.0) - 1e-6) / 100


def _advise(found: SeedPlan, command: str | None, study: str) -> None:
    """Print the command that adds the seeds, or why none is worth its time."""
    from mlpstudy.cli.printing.terminal import console

    declared = next((row for row in found.rows if row.is_declared), found.rows[0])
    if found.is_below_new_data:
        seeds = "more than 1,000 seeds" if declared.n_seeds is None else "the seeds above"
        console().print(
            f"{100 * found.detect:g} points are less: {seeds} would show them on this test set alone. For what "
            "new data can show:"
        )
        sd = f" --sd {100 * found.spread.sd:g}" if found.spread.source == "given" else ""
        say(f"mlpstudy plan {shell(Path(study))} --detect {_rounded_up(found.spread):g}{sd}")
    elif declared.n_seeds is None:
        console().print("More than 1,000 seeds: choose a larger difference with --detect.")
    elif not declared.more:
        console().print("The finished seeds are enough for the declared family.")
    elif command is None:
        console().print(
            f"No study file of it is here: run it as it was run before, with --seeds {declared.n_seeds} and --out this "
            "folder."
        )
    else:
        say(f"{command} --seeds {max(declared.n_seeds, found.spread.n_seeds)}")


def _cells(row: PlanRow, *, with_detectable: bool) -> list[str]:
    """Return the cells of one family."""
    from mlpstudy.text.numerals import duration

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

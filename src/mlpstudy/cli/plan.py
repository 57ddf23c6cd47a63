"""``mlpstudy plan``: how many seeds, and how long they take."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlpstudy.cli.printing.terminal import new_table, say, say_json
from mlpstudy.errors import MlpstudyError
from mlpstudy.text.escaping import shell
from mlpstudy.text.numerals import duration, level, percent
from mlpstudy.text.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlpstudy.evidence.plan import PlanRow, SeedPlan
    from mlpstudy.results import StudyResults
    from mlpstudy.study import Study
    from mlpstudy.tasks.metrics.metric import Metric


def plan(
    study: Annotated[
        str, typer.Argument(metavar="STUDY_OR_DIR", help="A study file, a built-in study, or a study's folder.")
    ] = "notebook",
    detect: Annotated[
        float | None,
        typer.Option(
            metavar="SIZE",
            help="True difference to find, in the unit of the declared metric: of accuracy in points.",
            show_default="the band of indifference",
        ),
    ] = None,
    sd: Annotated[
        float | None,
        typer.Option(
            metavar="SIZE",
            help="SD over seeds to plan with, in the same unit.",
            show_default="observed, or assumed",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Print how many seeds find a difference, for each family of comparisons, and the command that adds them.

    Example: mlpstudy plan runs/notebook --detect 0.1
    """
    from mlpstudy.cli.printing.tables import print_lost
    from mlpstudy.cli.process.again import command_of
    from mlpstudy.evidence.plain import plain
    from mlpstudy.study import builtin_names, load_study

    results: StudyResults | None = None
    if study not in builtin_names() and Path(study).is_dir():
        from mlpstudy.results import StudyResults

        results = StudyResults(study)
        found = results.plan(detect=_in_unit(detect, results.study), sd=_in_unit(sd, results.study))
        command = command_of(results)
    else:
        from mlpstudy.judging.planning import plan_study

        loaded = load_study(study)
        wanted, spread = _in_unit(detect, loaded), _in_unit(sd, loaded)
        found = plan_study(loaded, detect=wanted, sd=spread, n_examples=_n_test(loaded))
        command = f"mlpstudy run {shell(Path(study))}"
    if as_json:
        say_json(plain(found), indent=1)
        return
    _print(found, command, study)
    if results is not None:
        print_lost(results)


def _in_unit(written: float | None, study: Study) -> float | None:
    """Return a size that was typed as it is written (of accuracy in points), in the unit of the declared metric."""
    from mlpstudy.tasks.metrics.menu import METRICS

    return None if written is None else written / METRICS[study.judging.metric].unit.factor


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
    from mlpstudy.cli.printing.terminal import console

    spread, metric = found.spread, found.metric
    source = {"assumed": "an assumed", "given": "the given", "observed": "the observed"}[spread.source]
    console().print(
        f"To find a true difference of {metric.given(found.detect)} with a power of {percent(found.power, 0)} at a "
        f"family-wise error of {level(found.alpha)}, with {source} SD over seeds of {metric.sd(spread.sd)} "
        f"({metric.sd(spread.sd_difference).split()[0]} for a difference of two):"
    )
    table = new_table("Family")
    for heading in ("Pairs", "Seeds", "of them\nmissing", "Time\nhere", "At\nleast", "To show\nEQUIVALENT"):
        table.add_column(heading, justify="right", no_wrap=True)
    with_detectable = spread.source == "observed" and spread.n_seeds > 0
    if with_detectable:
        table.add_column(f"{spread.n_seeds} seeds\nfind\n({metric.unit.of_differences})", justify="right", no_wrap=True)
    for row in found.rows:
        table.add_row(*_cells(row, metric, with_detectable=with_detectable), style="bold" if row.is_declared else None)
    console().print(table)
    console().print("Bold: the family that the study declares.")
    for sentence in _reservations(found):
        console().print(sentence)
    _advise(found, command, study)


def _reservations(found: SeedPlan) -> Iterator[str]:
    """Yield what the numbers rest on, and what no number of seeds can do."""
    from mlpstudy.evidence.plan import ASSUMED_EXAMPLES

    spread, metric = found.spread, found.metric
    n = spread.n_examples or ASSUMED_EXAMPLES
    if spread.source == "assumed":
        scaled = f", times the root of 10,000 / {n:,} for the test examples here" if n != ASSUMED_EXAMPLES else ""
        yield (
            f"The SD is an assumption: {_assumed(metric)}{scaled}. After a few seeds the plan rests on the SD that "
            "they have."
        )
    if spread.left_out:
        yield f"The SD is that of the others without {', '.join(spread.left_out)}, which the seeds leave UNSTABLE."
    if spread.unstable:
        yield f"The SD is large because of {', '.join(spread.unstable)}, which the seeds leave UNSTABLE."
    if spread.new_data_limit:  # of outcomes that say nothing of new data there is none to tell
        about = "" if spread.is_limit_observed else ", if architectures differ there as they do on MNIST"
        yield (
            f"On new data of the same kind, no number of seeds finds less than about {metric.size(_rounded_up(found))} "
            f"with {counted(n, 'test example')}{about}: only more test data would."
        )
    elif spread.is_limit_observed:
        yield (
            "Between test examples these seeds show no difference beyond their own scatter: of what new data can show "
            "they say nothing."
        )


def _assumed(metric: Metric) -> str:
    """Return the SD that is assumed, and of what."""
    from mlpstudy.evidence.plan import ASSUMED_SD
    from mlpstudy.tasks.metrics.accuracy import ACCURACY

    known = ACCURACY.given(ASSUMED_SD)
    taken = metric.given(ASSUMED_SD * metric.of_a_share)
    middle = "the middle of what networks show on MNIST's 10,000 test images"
    return f"{known}, {middle}" if taken == known else f"{taken}, for {known} of accuracy, {middle}"


def _rounded_up(found: SeedPlan) -> float:
    """Return the least difference that new data can show, so rounded that what is planned with it is not below."""
    steps = found.metric.unit.factor * 10.0**found.metric.digits
    return math.ceil(steps * (found.spread.new_data_limit or 0.0) - 1e-6) / steps


def _advise(found: SeedPlan, command: str | None, study: str) -> None:
    """Print the command that adds the seeds, or why none is worth its time."""
    from mlpstudy.cli.printing.terminal import console

    declared = next((row for row in found.rows if row.is_declared), found.rows[0])
    if found.is_below_new_data:
        seeds = "more than 1,000 seeds" if declared.n_seeds is None else "the seeds above"
        console().print(
            f"{found.metric.given(found.detect)} are less: {seeds} would show them on this test set alone. For what "
            "new data can show:"
        )
        factor = found.metric.unit.factor
        sd = f" --sd {factor * found.spread.sd:g}" if found.spread.source == "given" else ""
        say(f"mlpstudy plan {shell(Path(study))} --detect {factor * _rounded_up(found):g}{sd}")
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


def _cells(row: PlanRow, metric: Metric, *, with_detectable: bool) -> list[str]:
    """Return the cells of one family."""
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
        cells.append("-" if row.detectable is None else metric.bare(row.detectable))
    return cells

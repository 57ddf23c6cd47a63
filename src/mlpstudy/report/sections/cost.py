"""What accuracy costs: parameters and time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.evidence.estimates.intervals import NOT_NEGATIVE
from mlpstudy.evidence.estimates.spread import spread
from mlpstudy.figures import cost
from mlpstudy.figures.cost import CostPoint
from mlpstudy.figures.drawing.wording import drawable
from mlpstudy.page import page_spec
from mlpstudy.page.blocks import Cell, Chart, Column, Section, Table, Text
from mlpstudy.report import words
from mlpstudy.report.sections.curves import legend
from mlpstudy.text.numerals import time_unit
from mlpstudy.text.words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpstudy.evidence.estimates.spread import Spread
    from mlpstudy.records import RunRecord
    from mlpstudy.report.gathered import Gathered
    from mlpstudy.study import Architecture
    from mlpstudy.text.numerals import TimeUnit


def section(of: Gathered) -> Section | None:
    """Return the section, None where no run has finished."""
    runs = of.finished_of_each()
    times = {name: _wall(of, runs[name]) for name in of.rows}
    known = [a for a in of.study.architectures if a.name in of.rows and of.rows[a.name].accuracy is not None]
    if not known:
        return None
    shown = {drawable(a.name) for a in known}
    keys = tuple(swatch for swatch in legend(of) if swatch.name in shown)
    longest = time_unit(max((wall.mean for wall in times.values() if wall is not None), default=1.0))
    charts = []
    for title, what, name in (
        ("Accuracy against the number of parameters", "parameters", "cost-parameters"),
        ("Accuracy against the time of a run", f"time a run ({longest.name})", "cost-time"),
    ):
        by_time = name == "cost-time"
        points = [_point(of, a, times[a.name] if by_time else None, longest) for a in known]
        chart = cost.figure(points, cost=what, title=title, interval=f"{of.level} interval")
        said = f"{title}; the numbers are in the table."
        charts.append(Chart(name, page_spec(chart), said, fluid=True, room=70, legend=() if by_time else keys))
    note = Text(
        "Time is the wall time of one run, on the hardware below, while "
        f"{counted(of.n_workers, 'run')} trained at once.",
        "muted",
    )
    return Section("cost", "What it costs", (_table(of, times, longest), *charts, note))


def _point(of: Gathered, architecture: Architecture, time: Spread | None, unit: TimeUnit) -> CostPoint:
    """Return a point of a figure: by its time where one is given, else by its parameters."""
    row = of.rows[architecture.name]
    assert row.accuracy is not None  # noqa: S101  # those that are known have one
    value, limits = float(row.n_parameters), None
    if time is not None:
        value, limits = time.mean / unit.seconds, words.pair_of(time.interval, 1 / unit.seconds)
    accuracies = words.pair_of(row.accuracy.interval)
    return CostPoint(
        architecture.name, architecture.levels, value, limits, row.accuracy.mean, accuracies, row.n_finished
    )


def _wall(of: Gathered, runs: Sequence[RunRecord]) -> Spread | None:
    """Return the wall times of an architecture's finished runs."""
    return spread([record.wall_s for record in runs], of.study.judging.confidence, NOT_NEGATIVE)


def _table(of: Gathered, times: dict[str, Spread | None], unit: TimeUnit) -> Table:
    """Return parameters, times and accuracies."""
    columns = (
        Column("Architecture"),
        Column("Parameters", right=True),
        Column("Trainable", right=True),
        Column("Time a run", right=True),
        Column("Test accuracy", right=True),
        Column("Seeds", right=True),
    )
    rows = []
    for name, row in of.rows.items():
        wall = times[name]
        accuracy, limits = words.spread_words(row.accuracy, 100, 2, " %")
        time = words.time_words(wall, unit)
        rows.append(
            (
                Cell(name),
                Cell(f"{row.n_parameters:,}", sort=row.n_parameters),
                Cell(f"{row.n_trainable:,}", sort=row.n_trainable),
                Cell(time[0], time[1], sort=wall.mean if wall else ""),
                Cell(accuracy, limits, sort=row.accuracy.mean if row.accuracy else ""),
                Cell(str(row.n_finished)),
            )
        )
    note = f"Mean over seeds; below it the {of.level} interval of the mean and the SD over seeds."
    return Table("Parameters, time and accuracy", columns, tuple(rows), note)

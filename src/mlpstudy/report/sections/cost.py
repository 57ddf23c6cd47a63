"""What accuracy costs: parameters and time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.evidence.comparison import spread
from mlpstudy.figures import cost
from mlpstudy.figures.wording import drawable
from mlpstudy.page import page_spec
from mlpstudy.page.blocks import Cell, Chart, Column, Section, Table, Text
from mlpstudy.report import words
from mlpstudy.report.sections.curves import legend

if TYPE_CHECKING:
    from mlpstudy.evidence.comparison import Spread
    from mlpstudy.report.gathered import Gathered


def section(of: Gathered) -> Section | None:
    """Return the section, None where no run has finished."""
    times = {name: _wall(of, name) for name in of.rows}
    known = [a for a in of.study.architectures if a.name in of.rows and of.rows[a.name].accuracy is not None]
    if not known:
        return None
    shown = {drawable(a.name) for a in known}
    keys = tuple(swatch for swatch in legend(of) if swatch.name in shown)
    charts = []
    for title, unit, name in (
        ("Accuracy against the number of parameters", "parameters", "cost-parameters"),
        ("Accuracy against the time of a run", "time a run (s)", "cost-time"),
    ):
        points = []
        for architecture in known:
            row, wall = of.rows[architecture.name], times[architecture.name]
            assert row.accuracy is not None  # noqa: S101  # known has those only
            is_time = name == "cost-time"
            if is_time and wall is None:
                continue
            value = wall.mean if is_time and wall is not None else float(row.n_parameters)
            limits = words.pair_of(wall.interval) if is_time and wall is not None else None
            points.append(
                cost.CostPoint(
                    architecture.name,
                    architecture.levels,
                    value,
                    limits,
                    row.accuracy.mean,
                    words.pair_of(row.accuracy.interval),
                    row.n_finished,
                )
            )
        if points:
            chart = cost.figure(points, cost=unit, title=title, interval=f"{of.level} interval")
            own = keys if name == "cost-parameters" else ()
            charts.append(
                Chart(
                    name, page_spec(chart), f"{title}; the numbers are in the table.", fluid=True, room=70, legend=own
                )
            )
    note = Text(
        "Time is the wall time of one run, on the hardware below, while as many runs trained at once as it has cores.",
        "muted",
    )
    return Section("cost", "What it costs", (_table(of, times), *charts, note))


def _wall(of: Gathered, name: str) -> Spread | None:
    """Return the wall times of an architecture's finished runs."""
    return spread([r.wall_s for r in of.finished if r.architecture == name], of.study.judging.confidence)


def _table(of: Gathered, times: dict[str, Spread | None]) -> Table:
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
        time = ("", "") if wall is None else words.spread_words(wall, 1, 1, " s")
        rows.append(
            (
                Cell(name),
                Cell(f"{row.n_parameters:,}", sort=row.n_parameters),
                Cell(f"{row.n_trainable:,}", sort=row.n_trainable),
                Cell(time[0] or words.NONE, time[1], sort=wall.mean if wall else ""),
                Cell(accuracy, limits, sort=row.accuracy.mean if row.accuracy else ""),
                Cell(str(row.n_finished)),
            )
        )
    note = f"Mean over seeds; below it the {of.level} interval of the mean and the SD over seeds."
    return Table("Parameters, time and accuracy", columns, tuple(rows), note)

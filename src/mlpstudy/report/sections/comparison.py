"""The comparison tables, as the notebook had them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.page import page_spec
from mlpstudy.page.blocks import Cell, Chart, Column, Section, Table
from mlpstudy.report import words
from mlpstudy.results import gallery
from mlpstudy.text.numerals import NONE, percent

if TYPE_CHECKING:
    from mlpstudy.page.blocks import Block
    from mlpstudy.report.gathered import Gathered
    from mlpstudy.study import Architecture


def section(of: Gathered) -> Section:
    """Return the section: a table a level of the first factor, and every run's accuracy as a dot."""
    columns = [
        Column("Layers", right=True),
        Column("Architecture"),
        Column("Activation"),
        Column("Optimizer"),
        Column("Initial weights"),
        Column("Seeds", right=True),
        Column("Test loss (nats)", right=True),
        Column("Test accuracy", right=True),
        Column("Tier"),
    ]
    if of.study.reported:
        columns.append(Column(of.study.reported_heading, right=True))
    tiers = {}
    if of.judgement is not None and of.n_seeds > 1:
        tiers = {s.architecture: s.tier for s in of.judgement.primary.standings}
    note = f"Mean over seeds; below it the {of.level} interval of the mean and the SD over seeds."
    blocks: list[Block] = []
    for title, architectures in _grouped(of):
        rows = tuple(_row(of, architecture, tiers) for architecture in architectures)
        blocks.append(Table(title, tuple(columns), rows, note))
        note = ""
    baselines = of.store.baselines()
    if baselines:
        rows = tuple(
            (Cell(b.name), Cell(f"{b.test_loss:.4f}"), Cell(percent(b.test_accuracy), sort=b.test_accuracy))
            for b in baselines
        )
        heads = (Column("Baseline"), Column("Test loss (nats)", right=True), Column("Test accuracy", right=True))
        blocks.append(Table("Simple methods on the same test examples, for scale", heads, rows))
    if of.finished:
        chart = gallery.study_accuracies(of.store, of.study, of.records, of.rows.values())
        alt = f"The test accuracy of {len(of.finished)} runs, a row an architecture, with means and intervals."
        blocks.append(Chart("test-accuracy", page_spec(chart), alt))
    return Section("comparison", "Comparison tables", tuple(blocks))


def _grouped(of: Gathered) -> list[tuple[str, list[Architecture]]]:
    """Return the architectures table by table: one a level of the first factor where there are two or more."""
    architectures = list(of.study.architectures)
    if len(of.study.factors) < 2:  # noqa: PLR2004  # one factor: one table
        return [(of.study.name, architectures)]
    factor, levels = next(iter(of.study.factors.items()))
    return [(f"{factor}: {level}", [a for a in architectures if dict(a.levels)[factor] == level]) for level in levels]


def _row(of: Gathered, architecture: Architecture, tiers: dict[str, str]) -> tuple[Cell, ...]:
    """Return the row of one architecture."""
    network, row = architecture.network, of.rows.get(architecture.name)
    accuracy, loss = (row.accuracy, row.loss) if row else (None, None)
    losses, accuracies = words.spread_words(loss, 1, 4), words.spread_words(accuracy, 100, 2, " %")
    cells = [
        Cell(str(len(network.hidden))),
        Cell(architecture.name, "-".join(str(width) for width in network.hidden)),
        Cell(network.activation),
        Cell(architecture.training.optimizer),
        Cell(network.initial_weights.text()),
        Cell(str(row.n_finished) if row else "0", _lost(of, architecture.name)),
        Cell(losses[0], losses[1], sort=loss.mean if loss else ""),
        Cell(accuracies[0], accuracies[1], sort=accuracy.mean if accuracy else ""),
        Cell(tiers.get(architecture.name) or NONE),
    ]
    if of.study.reported:
        reported = of.study.reported.get(architecture.name)
        parts = [NONE, ""]
        if reported is not None:
            parts[0] = percent(reported.test_accuracy) if reported.test_accuracy is not None else NONE
            parts[1] = f"loss {reported.test_loss:.4f}" if reported.test_loss is not None else ""
        cells.append(Cell(parts[0], parts[1], sort=(reported.test_accuracy if reported else None) or ""))
    return tuple(cells)


def _lost(of: Gathered, name: str) -> str:
    """Return the runs that are in no mean."""
    row = of.rows.get(name)
    if row is None:
        return ""
    counts = ((row.n_diverged, "diverged"), (row.n_failed, "failed"), (row.n_running, "running"))
    return ", ".join(f"{n} {word}" for n, word in counts if n)

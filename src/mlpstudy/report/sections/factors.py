"""What each factor does: main effects and interactions."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from mlpstudy.evidence.estimates.cell_means import cell_means
from mlpstudy.figures import forest, interaction
from mlpstudy.page import page_spec
from mlpstudy.page.blocks import Cell, Chart, Column, Section, Table, Text
from mlpstudy.report import words

if TYPE_CHECKING:
    from mlpstudy.evidence.factorial import Effect
    from mlpstudy.evidence.judgement import MetricJudgement
    from mlpstudy.page.blocks import Block
    from mlpstudy.report.gathered import Gathered
    from mlpstudy.tasks.metrics.metric import Metric

MOST_DRAWN = 45
MOST_PLOTS = 6


def section(of: Gathered) -> Section | None:
    """Return the section, None where the study is no factorial experiment with results."""
    judgement = of.judgement
    if judgement is None or not (judgement.primary.effects or judgement.effects_left_out):
        return None
    metric = judgement.primary
    effects = metric.effects
    blocks: list[Block] = [
        Text(
            "A main effect is the mean change from one level of a factor to another, over all levels of the others; an "
            f"interaction is how much more that change is with one level of another factor. {of.level} intervals, "
            f"{of.seeds_words()} seeds an architecture."
        ),
        *(Text(sentence, "note") for sentence in judgement.effects_left_out),
        *((_forest(effects, metric), _table(effects, metric.metric, of)) if effects else ()),
        *_plots(of, metric.metric),
    ]
    return Section("factors", "What each factor does", tuple(blocks))


def _forest(effects: tuple[Effect, ...], metric: MetricJudgement) -> Chart:
    """Return the effects as a forest plot."""
    factor = metric.metric.unit.factor
    rows = [
        forest.Difference(
            e.label,
            factor * e.estimate.value,
            words.pair_of(e.estimate.simultaneous, factor),
            words.pair_of(e.estimate.new_data, factor),
            "",
            "main effect" if len(e.term) == 1 else "interaction",
            e.estimate.n_seeds,
        )
        for e in effects[:MOST_DRAWN]
    ]
    chart = forest.figure(
        rows,
        unit=f"change of {metric.metric.name} ({metric.metric.unit.in_full})",
        band=factor * metric.band,
        title="Main effects (blue) and interactions (grey)",
    )
    return Chart("effects", page_spec(chart), f"Forest plot of {len(rows)} effects.", fluid=True, room=24)


def _table(effects: tuple[Effect, ...], by: Metric, of: Gathered) -> Table:
    """Return the effects as a table."""
    columns = (
        Column("Effect"),
        Column("Change", right=True),
        Column("If retrained, same test set", right=True, keep=True),
        Column("The same, all at once", right=True, keep=True),
        Column("On new data", right=True, keep=True),
        Column("p (Holm)", right=True),
        Column("Seeds", right=True),
    )
    rows = tuple(
        (
            Cell(e.label),
            Cell(words.signed(e.estimate.value, by), sort=e.estimate.value),
            Cell(words.interval_words(e.estimate.same_test_set, by), sort=_low(e.estimate.same_test_set.low)),
            Cell(words.interval_words(e.estimate.simultaneous, by), sort=_low(e.estimate.simultaneous.low)),
            Cell(
                words.interval_words(e.estimate.new_data, by),
                sort=_low(e.estimate.new_data.low) if e.estimate.new_data else "",
            ),
            Cell(f"{e.estimate.p_adjusted:.2g}"),
            Cell(str(e.estimate.n_seeds)),
        )
        for e in effects
    )
    return Table(f"Effects on {by.name}, {by.unit.in_full}, {of.level} intervals", columns, rows)


def _low(value: float) -> float | str:
    return value if abs(value) < float("inf") else ""


def _plots(of: Gathered, metric: Metric) -> list[Chart]:
    """Return an interaction plot for each pair of factors, or the only factor's means."""
    names = [name for name, levels in of.study.factors.items() if len(levels) > 1]
    pairs: list[tuple[str, ...]] = [*combinations(names, 2)] or [(name,) for name in names]
    charts = []
    factor = metric.unit.factor
    scores = of.sample.scores(metric)
    for pair in pairs[:MOST_PLOTS]:
        # The factor with more levels lies along the axis; of equals the later one.
        along, *others = sorted(pair, key=lambda name: (-len(of.study.factors[name]), -names.index(name)))
        found = cell_means(
            [along, *others],
            [a.levels for a in of.study.architectures],
            [a.seeds for a in of.sample.architectures],
            scores,
            confidence=of.study.judging.confidence,
            possible=metric.possible,
        )
        cells = [
            interaction.CellMean(
                x=cell.levels[0],
                line=cell.levels[1] if others else "",
                mean=factor * cell.spread.mean,
                interval=words.pair_of(cell.spread.interval, factor),
                n=cell.spread.n,
            )
            for cell in found
        ]
        if cells:
            unit = f"test {metric.name} ({metric.unit.of_values})"
            chart = interaction.figure(
                cells, x=along, line=others[0] if others else "", unit=unit, interval=f"{of.level} interval"
            )
            name = "-".join(("means", along, *others))
            alt = f"Mean {metric.name} by {' and '.join((along, *others))}."
            charts.append(Chart(_slug(name), page_spec(chart), alt, fluid=True, room=70))
    return charts


def _slug(name: str) -> str:
    """Return a name that an address may hold; factors may be called anything.

    >>> _slug("means-a b<c")
    'means-a-b-c'
    """
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name)

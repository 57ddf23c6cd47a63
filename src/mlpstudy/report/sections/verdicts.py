"""Tiers and verdicts: which differences are real."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mlpstudy.figures import forest
from mlpstudy.page import page_spec
from mlpstudy.page.blocks import Cell, Chart, Column, Details, Section, Sentences, Table, Text
from mlpstudy.report import words
from mlpstudy.text.numerals import MINUS, NONE, between, percent, with_minus
from mlpstudy.text.words import counted, examples_words, noun_of

if TYPE_CHECKING:
    from mlpstudy.evidence.judgement import Judgement, MetricJudgement, PairJudgement
    from mlpstudy.page.blocks import Block
    from mlpstudy.report.gathered import Gathered
    from mlpstudy.tasks.metrics.metric import Metric

MOST_DRAWN = 45
"""Rows of a forest plot: with more pairs the clearest are drawn, all are in the table."""


def section(of: Gathered) -> Section | None:
    """Return the section, None where there is nothing to compare."""
    judgement = of.judgement
    if judgement is None or sum(a.n > 0 for a in of.sample.architectures) < 2:  # noqa: PLR2004  # a pair
        return None
    metric = judgement.primary
    found: list[Block] = [Text(_rules(metric, of))]
    if any(s.tier for s in metric.standings):
        found.append(_tiers(metric, of))
    found.append(_forest(metric))
    found.append(_table(metric, of))
    reasons = tuple((f"{p.verdict.kind}, {p.a} and {p.b}:", p.verdict.reason) for p in metric.pairs)
    found.append(Details(f"The reason of each of the {len(reasons)} verdicts", (Sentences(reasons),)))
    found.append(Details("By the other metrics (exploratory)", tuple(_exploratory(judgement, of))))
    return Section("verdicts", "What is better, and how sure that is", tuple(found))


def _rules(metric: MetricJudgement, of: Gathered) -> str:
    """Return how it was judged."""
    unit = metric.metric.unit
    return (
        f"Judged by {metric.metric.name}, as the study file declared before anything ran: "
        f"{counted(len(metric.pairs), 'comparison')}, {of.level} intervals, {of.seeds_words()} seeds an architecture, "
        f"{of.sample.n_examples:,} test examples. Differences of at most {unit.factor * metric.band:g} {unit.in_full} "
        "do not matter."
    )


def _tiers(metric: MetricJudgement, of: Gathered) -> Table:
    """Return the standings, best first."""
    spreads = of.spreads(metric.metric)
    rows = []
    for standing in metric.best_first():
        mean, more = words.metric_words(spreads[standing.architecture], metric.metric)
        rows.append(
            (
                Cell(standing.architecture),
                Cell(standing.tier or NONE),
                Cell(str(standing.n_seeds)),
                Cell(mean, more, sort=standing.mean),
            )
        )
    columns = (
        Column("Architecture"),
        Column("Tier"),
        Column("Seeds", right=True),
        Column(f"Test {metric.metric.name}", right=True),
    )
    note = "Architectures that share a letter cannot be told apart. Below the mean: its interval and the SD over seeds."
    return Table("Tiers", columns, tuple(rows), note)


def _forest(metric: MetricJudgement) -> Chart:
    """Return the forest plot: the clearest first."""
    order = {"BETTER": 0, "EQUIVALENT": 1, "UNRESOLVED": 2, "UNSTABLE": 3}
    pairs = sorted(
        metric.pairs, key=lambda p: (order[p.verdict.kind], -abs(p.difference) if math.isfinite(p.difference) else 0)
    )
    drawn = pairs[:MOST_DRAWN]
    unit, name = metric.metric.unit, metric.metric.name
    rows = [_difference(p, metric.metric) for p in drawn]
    better = "Of each pair the one with the better mean is named first."
    title = f"Differences in {name}, {len(drawn)} of {len(pairs)} pairs" if len(drawn) < len(pairs) else ""
    chart = forest.figure(
        rows,
        unit=f"difference ({unit.in_full})",
        band=unit.factor * metric.band,
        title=title or f"Differences in {name}, all {len(pairs)} pairs",
        subtitle=better,
    )
    alt = f"Forest plot of {len(drawn)} differences in {name}; the numbers are in the table below."
    return Chart("forest", page_spec(chart), alt, fluid=True, room=24)


def _difference(pair: PairJudgement, metric: Metric) -> forest.Difference:
    """Return the row of a pair: the one with the better mean first, so that all lie on one side."""
    turned = metric.goodness(pair.difference) < 0
    sign = -metric.unit.factor if turned else metric.unit.factor
    ends = [words.pair_of(pair.estimate.simultaneous, sign), words.pair_of(pair.estimate.new_data, sign)]
    together, new = (None if of is None else (min(of), max(of)) for of in ends)
    names = (pair.b, pair.a) if turned else (pair.a, pair.b)
    label = f"{names[0]}  {MINUS}  {names[1]}"
    return forest.Difference(
        label, sign * pair.difference, together, new, _said(pair), pair.verdict.kind, pair.estimate.n_seeds
    )


def _said(pair: PairJudgement) -> str:
    """Return the verdict in a word or two."""
    verdict = pair.verdict
    return f"UNRESOLVED, {verdict.needs}" if verdict.kind == "UNRESOLVED" and verdict.needs else verdict.kind


def _table(metric: MetricJudgement, of: Gathered) -> Table:
    """Return all pairs with both intervals."""
    columns = (
        Column("Pair: a \N{MINUS SIGN} b", keep=True),
        Column("Verdict"),
        Column("Difference", right=True),
        Column("If retrained, same test set", right=True, keep=True),
        Column("The same, all at once", right=True, keep=True),
        Column("On new data", right=True, keep=True),
        Column("p (Holm)", right=True),
        Column("P(a beats b)", right=True),
        Column("Seeds", right=True),
    )
    return Table(
        f"Declared comparisons: {metric.metric.name}, {metric.metric.unit.in_full}",
        columns,
        tuple(_pair_row(pair, metric, of) for pair in metric.pairs),
        f"{of.level} intervals. On new data: share of that uncertainty that more seeds would remove.",
    )


def _examples(n: float, of: Gathered) -> str:
    """Return a difference in test examples."""
    noun = noun_of(are_images=of.store.image_shape is not None)
    return with_minus(f"{examples_words(n)} of {of.sample.n_examples:,} {noun}")


def _pair_row(pair: PairJudgement, metric: MetricJudgement, of: Gathered) -> tuple[Cell, ...]:
    """Return the row of a pair."""
    estimate, verdict = pair.estimate, pair.verdict
    share = ""
    if estimate.components is not None and estimate.new_data is not None and estimate.new_data.is_bounded:
        share = f"seeds {percent(estimate.components.share_from_seeds, 0)}"
    beats = pair.a_beats_b
    said = verdict.winner or verdict.needs
    return (
        Cell(pair.a, f"{MINUS} {pair.b}"),
        Cell(verdict.kind, said, kind="verdict"),
        Cell(
            words.signed(pair.difference, metric.metric),
            "" if pair.test_examples is None or math.isnan(pair.test_examples) else _examples(pair.test_examples, of),
            sort=_finite(pair.difference),
        ),
        Cell(words.interval_words(estimate.same_test_set, metric.metric), sort=_finite(estimate.same_test_set.low)),
        Cell(words.interval_words(estimate.simultaneous, metric.metric), sort=_finite(estimate.simultaneous.low)),
        Cell(
            words.interval_words(estimate.new_data, metric.metric),
            share,
            sort=_finite(estimate.new_data.low) if estimate.new_data else "",
        ),
        Cell(f"{estimate.p_adjusted:.2g}", sort=_finite(estimate.p_adjusted)),
        Cell(NONE, sort="")
        if beats is None
        else Cell(f"{beats.probability:.2f}", between(beats.interval.low, beats.interval.high), sort=beats.probability),
        Cell(str(estimate.n_seeds)),
    )


def _finite(value: float) -> float | str:
    """Return what a cell is sorted by."""
    return value if math.isfinite(value) else ""


def _exploratory(judgement: Judgement, of: Gathered) -> list[Block]:
    """Return the other metrics' tables."""
    found: list[Block] = [Text("Not declared as what decides: read them as hints.", "muted")]
    return [*found, *(_table(metric, of) for metric in judgement.metrics[1:])]

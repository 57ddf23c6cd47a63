"""A study's tables as text: Markdown and LaTeX for a paper, HTML for a notebook.

The numbers are rounded for readers here; :mod:`mlpstudy.results.frames` has them whole.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mlpstudy.tasks.metrics.accuracy import ACCURACY
from mlpstudy.tasks.metrics.log_loss import LOG_LOSS
from mlpstudy.text.escaping import html, latex, markdown, markdown_line
from mlpstudy.text.numerals import MINUS, level, with_minus

if TYPE_CHECKING:
    from mlpstudy.evidence.comparison import ComparisonRow
    from mlpstudy.evidence.estimates.intervals import Interval
    from mlpstudy.evidence.estimates.spread import Spread
    from mlpstudy.evidence.judgement import Judgement, MetricJudgement, PairJudgement
    from mlpstudy.records import Baseline
    from mlpstudy.study import Study
    from mlpstudy.tasks.metrics.metric import Metric


@dataclass(frozen=True, slots=True)
class PaperTable:
    """A table of text.

    Attributes:
        name: what the table is, in one word, for LaTeX's label.
        caption: what it shows, with n and the level of the intervals.
        headings: one a column.
        numeric: whether a column holds numbers, one a column.
        rows: cells, one a column.
    """

    name: str
    caption: str
    headings: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]


def comparison_table(
    study: Study,
    rows: Iterable[ComparisonRow],
    tiers: dict[str, str],
    n_test: int,
    baselines: Sequence[Baseline] = (),
) -> PaperTable:
    """Return the comparison table: an architecture a row, means with their intervals over seeds.

    Args:
        study: the study.
        rows: its comparison rows.
        tiers: the tier of each architecture, where there are any.
        n_test: number of test examples.
        baselines: simple methods for scale, in the last rows.
    """
    by_name = {row.architecture: row for row in rows}
    percent = level(study.judging.confidence)
    n_seeds = sorted({row.n_finished for row in by_name.values()})
    counted = f"{n_seeds[0]}" if len(n_seeds) == 1 else f"{n_seeds[0]} to {n_seeds[-1]}" if n_seeds else "0"
    seeds = f"{counted} seed{'' if counted == '1' else 's'} an architecture"
    spread = f"mean and its {percent} interval over the seeds" if max(n_seeds, default=0) > 1 else "single runs"
    caption = f"{study.title or study.name}: {seeds}, {n_test} test examples; {spread}."
    columns: list[tuple[str, bool]] = [("Architecture", False), ("Hidden layers", False), ("Parameters", True)]
    columns += [("Seeds", True), ("Test accuracy (%)", True), ("Test loss (nats)", True)]
    if tiers:
        columns.append(("Tier", False))
        caption += " Architectures that share a letter cannot be told apart."
    if study.reported:
        columns.append((study.reported_heading, True))
    cells = []
    for architecture in study.architectures:
        row = by_name.get(architecture.name)
        line = [
            architecture.name,
            "-".join(str(width) for width in architecture.network.hidden),
            f"{row.n_parameters:,}" if row else "",
            _seeds(row),
            _mean(row.accuracy if row else None, ACCURACY),
            _mean(row.loss if row else None, LOG_LOSS),
        ]
        if tiers:
            line.append(tiers.get(architecture.name, ""))
        if study.reported:
            reported = study.reported.get(architecture.name)
            accuracy = reported.test_accuracy if reported else None
            line.append("" if accuracy is None else ACCURACY.bare(accuracy))
        cells.append(tuple(line))
    for baseline in baselines:
        numbers = (ACCURACY.bare(baseline.test_accuracy), LOG_LOSS.bare(baseline.test_loss))
        cells.append((f"({baseline.name})", "", "", "", *numbers, *[""] * (len(columns) - 6)))
    headings, numeric = zip(*columns, strict=True)
    return PaperTable("comparison", caption, headings, numeric, tuple(cells))


def verdict_table(judgement: Judgement) -> PaperTable:
    """Return the verdicts on the declared pairs by the primary metric, a pair a row."""
    metric = judgement.primary
    percent = level(judgement.judging.confidence)
    name, unit = metric.metric.name, metric.metric.unit
    band = f"{unit.factor * metric.band:g}"
    caption = (
        f"Differences in {name} (a {MINUS} b, {unit.in_full}) of {len(metric.pairs)} declared pairs: {percent} "
        "interval if both were retrained and judged on this test set, for all pairs at once; that of each pair on new "
        f"data; p of the exact sign-flip test, Holm-adjusted. Differences of at most {band} do not matter."
    )
    if judgement.is_provisional:
        caption += " Provisional: not all planned runs have finished."
    headings = ("a", "b", "Seeds", "Difference", "If retrained", "On new data", "p", "Verdict")
    numeric = (False, False, True, True, True, True, True, False)
    return PaperTable("verdicts", caption, headings, numeric, tuple(_pair(pair, metric) for pair in metric.pairs))


def _pair(pair: PairJudgement, metric: MetricJudgement) -> tuple[str, ...]:
    estimate, verdict = pair.estimate, pair.verdict
    said = f"{verdict.kind}: {verdict.winner}" if verdict.winner else verdict.kind
    return (
        pair.a,
        pair.b,
        str(estimate.n_seeds),
        _signed(estimate.value, metric),
        _interval(estimate.simultaneous, metric),
        _interval(estimate.new_data, metric),
        "" if math.isnan(estimate.p_adjusted) else f"{estimate.p_adjusted:.2g}",
        said,
    )


def _signed(value: float, metric: MetricJudgement) -> str:
    if not math.isfinite(value):
        return ""
    return with_minus(metric.metric.number(value))


def _interval(interval: Interval | None, metric: MetricJudgement) -> str:
    if interval is None or not interval.is_bounded:
        return ""
    return with_minus(metric.metric.interval(interval.low, interval.high))


def _seeds(row: ComparisonRow | None) -> str:
    if row is None:
        return "0"
    lost = row.n_diverged + row.n_failed
    return f"{row.n_finished} ({lost} lost)" if lost else str(row.n_finished)


def _mean(spread: Spread | None, metric: Metric) -> str:
    if spread is None:
        return ""
    text = metric.bare(spread.mean)
    interval = spread.interval
    if interval is None or not interval.is_bounded:
        return text
    return f"{text} [{metric.bare(interval.low)}, {metric.bare(interval.high)}]"


Form = Literal["markdown", "latex", "html"]


def typeset(table: PaperTable, form: Form) -> str:
    r"""Return a table as text.

    Args:
        table: the table.
        form: ``"markdown"`` (a pipe table with its caption above), ``"latex"`` (a ``table`` environment; needs the
            package booktabs) or ``"html"``.

    >>> small = PaperTable("t", "Two & a half.", ("a", "n"), (False, True), (("plain_2", "30"),))
    >>> print(typeset(small, "markdown"))
    Two &amp; a half.
    <BLANKLINE>
    | a | n |
    |:---|---:|
    | plain_2 | 30 |
    >>> print(typeset(small, "latex"))
    \begin{table}
    \centering
    \caption{Two \& a half.}
    \label{tab:t}
    \begin{tabular}{lr}
    \toprule
    a & n \\
    \midrule
    plain\_2 & 30 \\
    \bottomrule
    \end{tabular}
    \end{table}
    """
    return {"markdown": _markdown, "latex": _latex, "html": _html}[form](table)


def _markdown(table: PaperTable) -> str:
    def line(cells: Iterable[str]) -> str:
        return "| " + " | ".join(markdown(cell) for cell in cells) + " |"

    rule = "|" + "|".join("---:" if numeric else ":---" for numeric in table.numeric) + "|"
    return "\n".join([markdown_line(table.caption), "", line(table.headings), rule, *(line(row) for row in table.rows)])


def _html(table: PaperTable) -> str:
    def line(cells: Iterable[str], tag: str) -> str:
        sides = ("right" if numeric else "left" for numeric in table.numeric)
        parts = (
            f'<{tag} style="text-align: {side}">{html(cell)}</{tag}>' for cell, side in zip(cells, sides, strict=True)
        )
        return f"<tr>{''.join(parts)}</tr>"

    body = "".join(line(row, "td") for row in table.rows)
    caption = f'<caption style="text-align: left">{html(table.caption)}</caption>'
    return f"<table>{caption}<thead>{line(table.headings, 'th')}</thead><tbody>{body}</tbody></table>"


def _latex(table: PaperTable) -> str:
    def line(cells: Iterable[str]) -> str:
        # A cell that begins with "[" or "*" would be read as an argument of the \\ before it.
        escaped = (latex(cell) for cell in cells)
        return " & ".join("{" + cell + "}" if cell.startswith(("[", "*")) else cell for cell in escaped) + r" \\"

    columns = "".join("r" if numeric else "l" for numeric in table.numeric)
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{latex(table.caption)}}}",
            rf"\label{{tab:{table.name}}}",
            rf"\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            line(table.headings),
            r"\midrule",
            *(line(row) for row in table.rows),
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
        ]
    )

"""A study's tables as Polars frames: plain numbers, one row an architecture or a pair, for computing and for CSV."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import polars as pl

from mlpstudy.text.escaping import spreadsheet

if TYPE_CHECKING:
    from mlpstudy.evidence.comparison import ComparisonRow
    from mlpstudy.evidence.estimates.intervals import Interval
    from mlpstudy.evidence.estimates.spread import Spread
    from mlpstudy.evidence.judgement import Judgement, MetricJudgement, PairJudgement
    from mlpstudy.records import Baseline
    from mlpstudy.study import Study

Value = str | int | float | None


def comparison_frame(study: Study, rows: Iterable[ComparisonRow], tiers: dict[str, str]) -> pl.DataFrame:
    """Return one row an architecture: how it is made, what it reached over its seeds, what was reported elsewhere.

    Accuracies are shares (0 to 1), losses nats, times seconds; ``low`` and ``high`` are the ends of the interval of
    the mean at the study's confidence. A number that does not exist (the SD of one seed, say) is null.

    Args:
        study: the study.
        rows: its comparison rows.
        tiers: the tier of each architecture, where there are any.
    """
    by_name = {row.architecture: row for row in rows}
    records: list[dict[str, Value]] = []
    for architecture in study.architectures:
        row = by_name.get(architecture.name)
        reported = study.reported.get(architecture.name)
        records.append(
            {
                "architecture": architecture.name,
                **dict(architecture.levels),
                "hidden": "-".join(str(width) for width in architecture.network.hidden),
                "n_finished": row.n_finished if row else 0,
                "n_diverged": row.n_diverged if row else 0,
                "n_failed": row.n_failed if row else 0,
                **_spread("accuracy", row.accuracy if row else None),
                **_spread("loss", row.loss if row else None),
                "tier": tiers.get(architecture.name) or None,
                "n_parameters": row.n_parameters if row else None,
                "n_trainable": row.n_trainable if row else None,
                "wall_s": row.wall_s if row else None,
                "reported_accuracy": reported.test_accuracy if reported else None,
                "reported_loss": reported.test_loss if reported else None,
            }
        )
    text = {"architecture", *study.factors, "hidden", "tier"}
    return pl.DataFrame(records, schema={name: _kind(name, text) for name in records[0]})


def csv_text(frame: pl.DataFrame) -> str:
    """Return a frame as CSV whose texts are texts to a spreadsheet too, and to a terminal."""
    columns = [
        pl.Series([None if one is None else spreadsheet(one) for one in column], dtype=pl.String)
        if column.dtype == pl.String
        else column
        for column in frame
    ]
    header = io.StringIO()
    csv.writer(header, lineterminator="\n").writerow(spreadsheet(name) for name in frame.columns)
    # Two names may be escaped alike, which a frame would refuse.
    return header.getvalue() + pl.DataFrame([c.alias(str(i)) for i, c in enumerate(columns)]).write_csv(
        include_header=False
    )


def baseline_frame(baselines: Iterable[Baseline]) -> pl.DataFrame:
    """Return one row a baseline: its test accuracy (share) and test loss (nats)."""
    records = [{"baseline": b.name, "accuracy": b.test_accuracy, "loss": b.test_loss} for b in baselines]
    return pl.DataFrame(records, schema={"baseline": pl.String, "accuracy": pl.Float64, "loss": pl.Float64})


def verdict_frame(judgement: Judgement) -> pl.DataFrame:
    """Return one row a declared pair and metric: a minus b, its intervals, p values and the verdict.

    Differences are in the unit of the metric, which stands beside it: shares (0 to 1) or nats. ``retrained`` is the
    interval of question 1 (the same test set), ``together`` the same for all pairs at once, ``new_data`` that of
    question 2. Ends that nothing bounds are null.
    """
    records = [_verdict(metric, pair) for metric in judgement.metrics for pair in metric.pairs]
    text = {"metric", "unit", "a", "b", "verdict", "winner", "reason"}
    schema = {name: _kind(name, text) for name in records[0]}
    return pl.DataFrame(records, schema={**schema, "primary": pl.Boolean(), "provisional": pl.Boolean()})


def _verdict(metric: MetricJudgement, pair: PairJudgement) -> dict[str, Value]:
    estimate, verdict, beats = pair.estimate, pair.verdict, pair.a_beats_b
    return {
        "metric": metric.metric,
        "primary": metric.is_primary,
        "unit": metric.unit,
        "a": pair.a,
        "b": pair.b,
        "n_seeds": estimate.n_seeds,
        "difference": _finite(estimate.value),
        **_interval("retrained", estimate.same_test_set),
        **_interval("together", estimate.simultaneous),
        **_interval("new_data", estimate.new_data),
        "p": _finite(estimate.p),
        "p_adjusted": _finite(estimate.p_adjusted),
        "p_equivalent": _finite(pair.equivalence_p),
        "p_a_beats_b": beats.probability if beats else None,
        "verdict": verdict.kind,
        "winner": verdict.winner,
        "more_seeds": verdict.more_seeds,
        "provisional": verdict.provisional,
        "reason": verdict.reason,
    }


def _spread(name: str, spread: Spread | None) -> dict[str, Value]:
    interval = spread.interval if spread else None
    return {
        name: spread.mean if spread else None,
        f"{name}_sd": spread.sd if spread else None,
        f"{name}_low": _finite(interval.low) if interval else None,
        f"{name}_high": _finite(interval.high) if interval else None,
    }


def _interval(name: str, interval: Interval | None) -> dict[str, Value]:
    ends = (interval.low, interval.high) if interval else (math.nan, math.nan)
    return {f"{name}_low": _finite(ends[0]), f"{name}_high": _finite(ends[1])}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _kind(name: str, text: set[str]) -> pl.DataType:
    if name in text:
        return pl.String()
    return pl.Int64() if name.startswith("n_") or name == "more_seeds" else pl.Float64()

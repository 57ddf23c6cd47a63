"""A study's tables as Polars frames: plain numbers, whole, for computing and for CSV."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from mlpstudy.text.escaping import spreadsheet

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlpstudy.evidence.comparison import ComparisonRow
    from mlpstudy.evidence.estimates.intervals import Interval
    from mlpstudy.evidence.estimates.spread import Spread
    from mlpstudy.evidence.judgement import Judgement, MetricJudgement, PairJudgement
    from mlpstudy.records import Baseline, EpochRecord, Outcome, RunRecord
    from mlpstudy.study import Study

Value = str | int | float | None

_RUN_COLUMNS: dict[str, type[pl.DataType]] = {
    "seed": pl.Int64,
    "status": pl.String,
    "test_accuracy": pl.Float64,
    "test_loss": pl.Float64,
    "n_epochs_done": pl.Int64,
    "diverged_epoch": pl.Int64,
    "reason": pl.String,
    "n_parameters": pl.Int64,
    "n_trainable": pl.Int64,
    "wall_s": pl.Float64,
    "started_at": pl.String,
    "run_id": pl.String,
}

_EPOCH_COLUMNS: dict[str, type[pl.DataType]] = {
    "architecture": pl.String,
    "seed": pl.Int64,
    "run_id": pl.String,
    "epoch": pl.Int64,
    "train_loss": pl.Float64,
    "train_accuracy": pl.Float64,
    "val_loss": pl.Float64,
    "val_accuracy": pl.Float64,
    "train_s": pl.Float64,
    "val_s": pl.Float64,
    "us_per_sample": pl.Float64,
}


def run_frame(study: Study, records: Sequence[RunRecord]) -> pl.DataFrame:
    """Return one row a run: architecture, factors, seed, status, test accuracy and loss, parameters, times."""
    levels = {architecture.name: dict(architecture.levels) for architecture in study.architectures}
    columns: dict[str, list[object]] = {"architecture": [record.architecture for record in records]}
    for factor in study.factors:
        columns[factor] = [levels[record.architecture][factor] for record in records]
    for name in _RUN_COLUMNS:
        columns[name] = [getattr(record, name) for record in records]
    texts = dict.fromkeys(("architecture", *study.factors), pl.String)
    return pl.DataFrame(columns, schema={**texts, **_RUN_COLUMNS})


def epoch_frame(
    records: Iterable[RunRecord], epochs: Mapping[str, Iterable[EpochRecord]], n_train: int
) -> pl.DataFrame:
    """Return one row an epoch of every run: losses, accuracies, wall times, microseconds a training example.

    Args:
        records: the runs.
        epochs: their epochs by run id; a run may have none.
        n_train: number of training examples.
    """
    rows = [
        {
            "architecture": record.architecture,
            "seed": record.seed,
            "run_id": record.run_id,
            **dataclasses.asdict(epoch),
            "us_per_sample": epoch.train_s * 1e6 / n_train,
        }
        for record in records
        for epoch in epochs.get(record.run_id, ())
    ]
    return pl.DataFrame(rows, schema=_EPOCH_COLUMNS)


def outcome_frame(
    records: Iterable[RunRecord], outcomes: Mapping[str, Outcome], labels: npt.NDArray[np.int32]
) -> pl.DataFrame:
    """Return one row a test example of every run that has an outcome, at least one of them.

    Args:
        records: the runs.
        outcomes: what they did, by run id.
        labels: the true classes, shape ``(n_test,)``.
    """
    frames = [
        pl.DataFrame(
            {
                "example": np.arange(labels.size, dtype=np.int32),
                "label": labels,
                "predicted": outcomes[record.run_id].predicted,
                "p_predicted": outcomes[record.run_id].p_predicted,
                "p_true": outcomes[record.run_id].p_true,
            }
        ).select(pl.lit(record.architecture).alias("architecture"), pl.lit(record.seed).alias("seed"), pl.all())
        for record in records
        if record.run_id in outcomes
    ]
    return pl.concat(frames)


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
    """Return a frame as CSV whose texts a spreadsheet takes for texts; ``from_spreadsheet`` undoes it cell by cell."""
    rows = frame.select(pl.col(pl.String).map_elements(spreadsheet, return_dtype=pl.String))
    # Names are cells of a row of their own: two may be escaped alike, which a frame would refuse.
    names = pl.DataFrame([[spreadsheet(name)] for name in frame.columns])
    return names.write_csv(include_header=False) + frame.with_columns(rows).write_csv(include_header=False)


def baseline_frame(baselines: Iterable[Baseline]) -> pl.DataFrame:
    """Return one row a baseline: its test accuracy (share) and test loss (nats)."""
    records = [{"baseline": b.name, "accuracy": b.test_accuracy, "loss": b.test_loss} for b in baselines]
    return pl.DataFrame(records, schema={"baseline": pl.String, "accuracy": pl.Float64, "loss": pl.Float64})


def verdict_frame(judgement: Judgement) -> pl.DataFrame:
    """Return one row a declared pair and metric: a minus b, its intervals, p values and the verdict.

    Differences are in the unit of the metric, which stands beside it: of accuracy shares (0 to 1). ``retrained`` is the
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
        "metric": metric.metric.name,
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

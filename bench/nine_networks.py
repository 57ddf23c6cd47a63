"""What the nine networks show over seeds: the tables of docs/results and the pictures of the README.

mlpstudy run notebook --seeds 30                      # about half an hour on two cores
python -m bench.nine_networks runs/notebook           # docs/results/nine-networks-*.csv, docs/images/
"""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl

import mlpstudy
from mlpstudy.evidence.judgement import MetricJudgement
from mlpstudy.figures import DARK, LIGHT, save
from mlpstudy.results import gallery

ROOT = Path(__file__).parents[1]
RESULTS, IMAGES = ROOT / "docs" / "results", ROOT / "docs" / "images"


def pair_rows(metric: MetricJudgement) -> list[dict[str, object]]:
    """Return one row a declared comparison, in percentage points."""
    rows: list[dict[str, object]] = []
    for pair in metric.pairs:
        estimate, beats, new_data = pair.estimate, pair.a_beats_b, pair.estimate.new_data
        rows.append(
            {
                "a": pair.a,
                "b": pair.b,
                "n_seeds": estimate.n_seeds,
                "difference_pp": 100 * estimate.value,
                "same_test_set_low_pp": 100 * estimate.same_test_set.low,
                "same_test_set_high_pp": 100 * estimate.same_test_set.high,
                "simultaneous_low_pp": 100 * estimate.simultaneous.low,
                "simultaneous_high_pp": 100 * estimate.simultaneous.high,
                "new_data_low_pp": 100 * new_data.low if new_data else None,
                "new_data_high_pp": 100 * new_data.high if new_data else None,
                "p": estimate.p,
                "p_holm": estimate.p_adjusted,
                "p_equivalence_holm": pair.equivalence_p,
                "p_a_beats_b": beats.probability if beats else None,
                "verdict": pair.verdict.kind,
                "winner": pair.verdict.winner,
                "more_seeds": pair.verdict.more_seeds,
            }
        )
    return rows


def effect_rows(metric: MetricJudgement) -> list[dict[str, object]]:
    """Return one row a main effect or interaction, in percentage points."""
    return [
        {
            "effect": effect.label,
            "n_seeds": effect.estimate.n_seeds,
            "change_pp": 100 * effect.estimate.value,
            "same_test_set_low_pp": 100 * effect.estimate.same_test_set.low,
            "same_test_set_high_pp": 100 * effect.estimate.same_test_set.high,
            "simultaneous_low_pp": 100 * effect.estimate.simultaneous.low,
            "simultaneous_high_pp": 100 * effect.estimate.simultaneous.high,
            "p_holm": effect.estimate.p_adjusted,
        }
        for effect in metric.effects
    ]


def timing(results: mlpstudy.StudyResults) -> pl.DataFrame:
    """Return how a run's wall time divides, medians over the runs of each architecture."""
    both = pl.col("train_s") + pl.col("val_s")
    epochs = (
        results.epochs()
        .sort("epoch")
        .group_by("run_id")
        .agg(
            both.sum().alias("epochs_s"),
            (pl.col("val_s").sum() / both.sum()).alias("validation_share"),
            (pl.col("train_s").last() / pl.col("train_s").first()).alias("last_epoch_to_first"),
        )
    )
    shares = (
        results.results()
        .join(epochs, on="run_id")
        .with_columns((1 - pl.col("epochs_s") / pl.col("wall_s")).alias("share_outside_epochs"))
    )
    columns = ["wall_s", "share_outside_epochs", "validation_share", "last_epoch_to_first"]
    return shares.group_by("architecture", maintain_order=True).agg(pl.col(columns).median())


def main() -> None:
    """Write tables and pictures of a study's folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default="runs/notebook")
    results = mlpstudy.open(parser.parse_args().folder)
    metric = results.judge().metrics[0]
    tiers = {standing.architecture: standing.tier for standing in metric.standings}
    comparison = [
        {
            "architecture": row.architecture,
            "n_seeds": row.n_finished,
            "accuracy_pct": 100 * row.accuracy.mean,
            "accuracy_sd_pp": 100 * (row.accuracy.sd or 0.0),
            "accuracy_min_pct": 100 * row.accuracy.minimum,
            "accuracy_max_pct": 100 * row.accuracy.maximum,
            "loss": row.loss.mean,
            "loss_sd": row.loss.sd,
            "tier": tiers[row.architecture],
            "reported_accuracy_pct": 100 * (results.study.reported[row.architecture].test_accuracy or 0.0),
        }
        for row in results.comparison()
        if row.accuracy is not None and row.loss is not None
    ]
    runs = results.results().select("architecture", "seed", "status", "test_accuracy", "test_loss", "wall_s", "run_id")
    tables = {
        "runs": runs,
        "comparison": pl.DataFrame(comparison),
        "pairs": pl.DataFrame(pair_rows(metric)),
        "effects": pl.DataFrame(effect_rows(metric)),
    }
    tables["timing"] = timing(results)
    for name, table in tables.items():
        table.write_csv(RESULTS / f"nine-networks-{name}.csv", float_precision=5)
        print(table)
    for theme, suffix in ((LIGHT, ""), (DARK, "-dark")):
        accuracies = gallery.study_accuracies(results.store, results.study, results.runs(), results.comparison())
        save(accuracies, IMAGES / f"test-accuracy{suffix}", ("png",), theme=theme)
        save(results.curves(), IMAGES / f"loss-curves{suffix}", ("png",), theme=theme)
    save(results.violins("batchnorm-dropout-3"), IMAGES / "weights-batchnorm-dropout-3", ("png",), theme=LIGHT)


if __name__ == "__main__":
    main()

"""The figures of a stored study: what to draw, from what the store holds; drawn by ``figures``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.errors import ResultsError, must
from mlpstudy.evidence.comparison import ComparisonRow
from mlpstudy.evidence.curves.curves import mean_curve
from mlpstudy.evidence.curves.layers import layer_curves
from mlpstudy.figures import (
    ArchitectureAccuracy,
    ArchitectureCurves,
    ArchitectureWeights,
    Band,
    RunCurves,
    accuracy_dots,
    curves_grid,
    layer_diagnostics,
    loss_curves,
    violins_grid,
    weight_violins,
)
from mlpstudy.text.numerals import level

if TYPE_CHECKING:
    import altair as alt

    from mlpstudy.records import RunRecord
    from mlpstudy.store import Store
    from mlpstudy.study import Study


def run_loss_curves(store: Store, record: RunRecord) -> alt.LayerChart:
    """Return the loss curves of one run."""
    curves = RunCurves.of(record, store.epochs(record.run_id))
    return loss_curves.figure(curves, validation_source=store.validation_source)


def study_curves(store: Store, study: Study, records: Sequence[RunRecord]) -> list[ArchitectureCurves]:
    """Return the learning curves of all architectures that have any; with seeds, means and their intervals."""
    runs = by_architecture(records)
    epochs = store.all_epochs()
    architectures = []
    for architecture in study.architectures:
        own = [RunCurves.of(r, epochs[r.run_id]) for r in runs[architecture.name] if r.run_id in epochs]
        if own:
            whole = [c for c in own if c.diverged_epoch is None and c.n_epochs == architecture.training.epochs]
            bands = [_band([getattr(c, loss) for c in whole], study) for loss in ("train_loss", "val_loss")]
            architectures.append(ArchitectureCurves(architecture.name, architecture.levels, tuple(own), *bands))
    return architectures


def study_loss_curves(store: Store, study: Study, records: Sequence[RunRecord]) -> alt.FacetChart:
    """Return the loss curves of all architectures on one page."""
    architectures = study_curves(store, study, records)
    interval = f"{level(study.judging.confidence)} interval of the mean"
    return curves_grid.figure(architectures, validation_source=store.validation_source, interval=interval)


def _band(curves: list[np.ndarray[tuple[int], np.dtype[np.float64]]], study: Study) -> Band | None:
    """Return mean and interval of several curves, None for fewer than two."""
    return Band(*mean_curve(np.stack(curves), study.judging.confidence)) if len(curves) > 1 else None


def architecture_weights(store: Store, records: Iterable[RunRecord], name: str) -> ArchitectureWeights:
    """Return the weight distributions of some runs of one architecture, pooled."""
    done = [record for record in records if record.status in ("finished", "diverged")]
    final = [store.weights(record.run_id, "final") for record in done]
    initial = [store.weights(record.run_id, "initial") for record in done]
    return ArchitectureWeights.pooled(name, final, initial, seed=done[0].seed if len(done) == 1 else None)


def architecture_violins(store: Store, records: Iterable[RunRecord], name: str) -> alt.VConcatChart:
    """Return the violins of one architecture: every kind of parameter of every layer, pooled over the runs."""
    return weight_violins.figure(architecture_weights(store, records, name))


def study_violins(store: Store, records: Iterable[RunRecord]) -> alt.VConcatChart:
    """Return the violins of all kernels on one page, an architecture a row, pooled over its runs."""
    runs = by_architecture(records)
    return violins_grid.figure([architecture_weights(store, own, name) for name, own in runs.items()])


def study_accuracies(
    store: Store, study: Study, records: Sequence[RunRecord], rows: Iterable[ComparisonRow]
) -> alt.LayerChart:
    """Return the test accuracies of all runs, a row an architecture, with the reported values if they compare."""
    runs = by_architecture(records)
    by_name = {row.architecture: row for row in rows}
    entries = []
    for architecture in study.architectures:
        done = [r for r in runs[architecture.name] if r.test_accuracy is not None]
        # A diamond beside the dots compares at a glance: where that would mislead, the tables alone have the values.
        reported = None if study.reported_caveat else study.reported.get(architecture.name)
        row = by_name.get(architecture.name)
        spread = row.accuracy if row is not None else None
        interval = spread.interval if spread is not None else None
        entries.append(
            ArchitectureAccuracy(
                architecture.name,
                architecture.levels,
                tuple(r.seed for r in done),
                np.array([r.test_accuracy for r in done], dtype=np.float64),
                mean=spread.mean if spread is not None else None,
                interval=(interval.low, interval.high) if interval is not None else None,
                reference=reported.test_accuracy if reported is not None else None,
                n_diverged=row.n_diverged if row is not None else 0,
            )
        )
    around = f"its {level(study.judging.confidence)} interval"
    baselines = {b.name: b.test_accuracy for b in store.baselines()}
    return accuracy_dots.figure(entries, reference=study.reported_by or None, interval=around, baselines=baselines)


def study_diagnostics(store: Store, study: Study, records: Iterable[RunRecord], architecture: str) -> alt.ConcatChart:
    """Return what the layers of an architecture do epoch by epoch: means over its runs, diverged ones left out.

    Where all of its runs have diverged, these are shown.

    Raises:
        ResultsError: no run has diagnostics.
    """
    own = [(record, store.diagnostics(record.run_id)) for record in records if record.architecture == architecture]
    recorded = [(record, layers) for record, layers in own if layers]
    shown = [pair for pair in recorded if pair[0].status == "finished"] or recorded
    if not shown:
        fix = "write diagnostics = true under [training] and run the study"
        raise ResultsError(must(f"the diagnostics of {architecture}", "have been recorded", "none", fix))
    return layer_diagnostics.figure(
        architecture,
        layer_curves([layers for _, layers in shown], study.judging.confidence),
        n_runs=len(shown),
        seed=shown[0][0].seed if len(shown) == 1 else None,
        interval=f"{level(study.judging.confidence)} interval of the mean",
    )


def by_architecture(records: Iterable[RunRecord]) -> dict[str, list[RunRecord]]:
    """Return the runs of each architecture, in the order given."""
    runs: dict[str, list[RunRecord]] = defaultdict(list)
    for record in records:
        runs[record.architecture].append(record)
    return runs

"""The figures of a stored study: what to draw, from what the store holds; drawn by ``figures``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
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
from mlpstudy.figures.drawing.converting import Converters
from mlpstudy.figures.drawing.saving import file_stems

if TYPE_CHECKING:
    import altair as alt

    from mlpstudy.records import RunRecord
    from mlpstudy.store import Store
    from mlpstudy.study import Study

FEW_RUNS = 16
"""Up to so many architectures of one seed each run gets figures of its own unless told otherwise."""


def run_loss_curves(store: Store, record: RunRecord) -> alt.LayerChart:
    """Return the loss curves of one run."""
    curves = RunCurves.of(record, store.epochs(record.run_id))
    return loss_curves.figure(curves, validation_source=store.validation_source)


def study_curves(store: Store, study: Study, records: Sequence[RunRecord]) -> list[ArchitectureCurves]:
    """Return the learning curves of all architectures that have any; with seeds, means and their intervals."""
    runs = _by_architecture(records)
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
    level = f"{study.judging.confidence:.0%} interval of the mean"
    return curves_grid.figure(architectures, validation_source=store.validation_source, interval=level)


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
    runs = _by_architecture(records)
    return violins_grid.figure([architecture_weights(store, own, name) for name, own in runs.items()])


def study_accuracies(
    store: Store, study: Study, records: Sequence[RunRecord], rows: Iterable[ComparisonRow]
) -> alt.LayerChart:
    """Return the test accuracies of all runs, a row an architecture, with the reported values if they compare."""
    runs = _by_architecture(records)
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
    level = f"its {study.judging.confidence:.0%} interval"
    baselines = {b.name: b.test_accuracy for b in store.baselines()}
    return accuracy_dots.figure(entries, reference=study.reported_by or None, interval=level, baselines=baselines)


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
        interval=f"{study.judging.confidence:.0%} interval of the mean",
    )


def save_figures(
    store: Store,
    study: Study,
    records: Sequence[RunRecord],
    rows: Iterable[ComparisonRow],
    folder: Path,
    inside: str = "",
    *,
    run_figures: bool | None = None,
) -> list[Path]:
    """Save the figures of a study as SVG and PNG, and return the paths.

    The whole study on one page each: ``loss-curves``, ``weight-violins``, ``test-accuracy``. One architecture each,
    where diagnostics were recorded: ``layers/<architecture>``. One run each, where wanted:
    ``runs/<architecture>-seed-<seed>-loss`` and ``-weights``.

    Args:
        store: the study's folder.
        study: the study.
        records: its runs.
        rows: its comparison table.
        folder: where the files go, as the user named it; no link is followed below it.
        inside: the folder in it that they go to.
        run_figures: whether every run gets figures of its own; where None, up to 16 architectures of one seed do.

    Raises:
        StoreError: a file was not written, whatever the reason.
    """
    saved: list[Path] = []
    ended = [record for record in records if record.status in ("finished", "diverged")]
    if not ended:
        return saved
    runs = _by_architecture(ended)
    pooled = {name: architecture_weights(store, own, name) for name, own in runs.items()}
    wanted = len(ended) == len(runs) <= FEW_RUNS if run_figures is None else run_figures
    to, stems = f"{inside}/" if inside else "", file_stems(architecture.name for architecture in study.architectures)
    with Converters() as converters:
        saved += converters.save(study_loss_curves(store, study, ended), folder, f"{to}loss-curves")
        saved += converters.save(study_accuracies(store, study, ended, rows), folder, f"{to}test-accuracy")
        saved += converters.save(violins_grid.figure(list(pooled.values())), folder, f"{to}weight-violins")
        for name in dict.fromkeys(record.architecture for record in ended if store.diagnostics(record.run_id)):
            chart = study_diagnostics(store, study, runs[name], name)
            saved += converters.save(chart, folder, f"{to}layers/{stems[name]}")
        for record in ended if wanted else ():
            name, base = record.architecture, f"{to}runs/{stems[record.architecture]}-seed-{record.seed}"
            saved += converters.save(run_loss_curves(store, record), folder, f"{base}-loss")
            weights = pooled[name] if len(runs[name]) == 1 else architecture_weights(store, [record], name)
            saved += converters.save(weight_violins.figure(weights), folder, f"{base}-weights")
    return saved


def _by_architecture(records: Iterable[RunRecord]) -> dict[str, list[RunRecord]]:
    """Return the runs of each architecture, in the order given."""
    runs: dict[str, list[RunRecord]] = defaultdict(list)
    for record in records:
        runs[record.architecture].append(record)
    return runs

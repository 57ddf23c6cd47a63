"""A tiny study, its data, and results that fit it, made without any engine."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from mlpstudy.records import (
    Baseline,
    Checkpoint,
    Dataset,
    EpochRecord,
    Examples,
    LayerDiagnostics,
    Outcome,
    Provenance,
    RunRecord,
    RunResult,
    TrainerState,
)
from mlpstudy.store import WritableStore
from mlpstudy.study import Study, count_parameters, parameter_shapes, run_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

N_FEATURES, N_CLASSES, N_TEST = 6, 3, 11
ENGINE = "native"
PREPROCESSING = {"kind": "numbers", "mean": [0.5, -1.25], "names": ["a", "<b>"]}
PROVENANCE = Provenance("0.1.0", ENGINE, "0.1.0", "avx2", "3.11.9", "2.4.6", "Linux x86_64", "a processor", 2)


def tiny_study(**changes: Any) -> Study:
    """Return a study of two architectures, two seeds, three epochs."""
    fields: dict[str, Any] = {
        "name": "tiny",
        "data": "blobs",
        "seeds": 2,
        "training": {"epochs": 3},
        "factors": {"width": {"4": {"hidden": [4]}, "3": {"hidden": [3], "batch_normalisation": True}}},
    }
    return Study(**(fields | changes))


def _examples(n: int, seed: int) -> Examples:
    generator = np.random.default_rng(seed)
    features = generator.random((n, N_FEATURES), dtype=np.float32)
    return Examples(features, generator.integers(0, N_CLASSES, n, dtype=np.int32))


def tiny_data(sha256: str = "d" * 64, image_shape: tuple[int, int] | None = (2, 3)) -> Dataset:
    """Return a data set of three classes."""
    names = ("zero", "eins", "<two>")
    return Dataset(
        "blobs",
        _examples(20, 0),
        _examples(7, 1),
        "held out",
        _examples(N_TEST, 2),
        names,
        image_shape,
        sha256,
        preprocessing=PREPROCESSING,
    )


def record(study: Study, architecture: str = "4", seed: int = 0, **changes: Any) -> RunRecord:
    """Return the record of a run that has just begun."""
    made = study.architecture(architecture)
    n_parameters, n_trainable = count_parameters(made.network, N_FEATURES, N_CLASSES)
    begun = RunRecord(
        run_id=run_id(study, made, seed, engine=ENGINE, data_sha256=tiny_data().sha256),
        architecture=architecture,
        seed=seed,
        status="running",
        reason=None,
        n_epochs_done=0,
        diverged_epoch=None,
        test_loss=None,
        test_accuracy=None,
        n_parameters=n_parameters,
        n_trainable=n_trainable,
        wall_s=0.0,
        started_at="2026-01-01T00:00:00+00:00",
        provenance=PROVENANCE,
    )
    return dataclasses.replace(begun, **changes)


def epoch(number: int) -> EpochRecord:
    """Return the record of an epoch; later ones are better."""
    return EpochRecord(number, 2.0 / number, min(0.1 * number, 1.0), 2.5 / number, min(0.09 * number, 1.0), 0.5, 0.125)


def epochs(n: int) -> tuple[EpochRecord, ...]:
    """Return the records of the first n epochs."""
    return tuple(epoch(i) for i in range(1, n + 1))


def diagnostics(number: int) -> tuple[LayerDiagnostics, ...]:
    """Return what was measured in an epoch of two layers, in an order that is not the alphabet's."""
    return (
        LayerDiagnostics(number, "hidden_1", 0.5 / number, 3.0, 0.001, 0.25, 0.5, 1.5),
        LayerDiagnostics(number, "output", 0.25 / number, 2.0, float("nan"), 0.0, -0.5, 2.5),
        LayerDiagnostics(number, "a", 0.125, 1.0, 0.002, 1.0, 0.0, 0.0),
    )


def baseline(name: str = "majority class") -> Baseline:
    """Return what a simple method did."""
    did = outcome(len(name))
    accuracy = float(did.correct(tiny_data().test.labels).mean())
    return Baseline(name, accuracy, did.log_loss(), did.predicted, did.p_true)


def _weights(study: Study, architecture: str, seed: int) -> dict[str, np.ndarray[Any, np.dtype[np.float32]]]:
    generator = np.random.default_rng(seed)
    shapes = parameter_shapes(study.architecture(architecture).network, N_FEATURES, N_CLASSES)
    return {name: generator.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}


MAKER = "m" * 64
CHECKPOINT_AT_MOST = 1 << 20


def checkpoint(
    study: Study, architecture: str = "4", seed: int = 0, n_epochs: int = 1, maker: str = MAKER
) -> Checkpoint:
    """Return the checkpoint of a run after some epochs, the same each time."""
    weights = _weights(study, architecture, seed + n_epochs)
    tensors = {f"{part}/{name}": tensor for part in ("parameter", "m", "v") for name, tensor in weights.items()}
    begun = record(study, architecture, seed)
    layers = tuple(layer for number in range(1, n_epochs + 1) for layer in diagnostics(number))
    state = TrainerState(7 * n_epochs, {**tensors, "generator/state": np.arange(9, dtype=np.uint8)})
    return Checkpoint(begun.run_id, maker, begun.started_at, 0.5 * n_epochs, epochs(n_epochs), layers, state)


def outcome(seed: int) -> Outcome:
    """Return an outcome in which the probabilities fit the predictions."""
    generator = np.random.default_rng(seed)
    labels = tiny_data().test.labels
    probabilities = generator.dirichlet(np.ones(N_CLASSES), N_TEST).astype(np.float32)
    predicted = probabilities.argmax(axis=1).astype(np.int32)
    rows = np.arange(N_TEST)
    return Outcome(predicted, probabilities[rows, predicted], probabilities[rows, labels])


def finished(study: Study, architecture: str = "4", seed: int = 0) -> RunResult:
    """Return the result of a finished run, the same each time."""
    n_epochs = study.architecture(architecture).training.epochs
    did = outcome(seed)
    done = record(
        study,
        architecture,
        seed,
        status="finished",
        n_epochs_done=n_epochs,
        test_loss=did.log_loss(),
        test_accuracy=float(did.correct(tiny_data().test.labels).mean()),
        wall_s=1.5,
    )
    before, after = _weights(study, architecture, seed), _weights(study, architecture, seed + 1000)
    layers = tuple(layer for number in range(1, n_epochs + 1) for layer in diagnostics(number))
    return RunResult(done, epochs(n_epochs), did, before, after, layers)


def diverged(study: Study, architecture: str = "4", seed: int = 0) -> RunResult:
    """Return the result of a run that diverged in its second epoch."""
    gone = record(study, architecture, seed, status="diverged", reason="the loss is not finite", n_epochs_done=1)
    return RunResult(dataclasses.replace(gone, diverged_epoch=2, wall_s=0.5), epochs(1), None)


def failed(study: Study, architecture: str = "4", seed: int = 0) -> RunRecord:
    """Return the record of a run that failed before its first epoch was done."""
    return record(study, architecture, seed, status="failed", reason="out of memory", wall_s=0.25)


def write(folder: Path, study: Study | None = None) -> WritableStore:
    """Open a folder for writing the tiny study."""
    return WritableStore.create_or_open(folder, study or tiny_study(), tiny_data(), ENGINE)


def fill(folder: Path, results: Iterable[RunResult], study: Study | None = None) -> None:
    """Write results to a folder."""
    with write(folder, study) as store:
        for result in results:
            store.finish_run(result)


def fill_table(folder: Path, seeds: int = 4) -> None:
    """Write a finished study of a table, whose examples are no images: three each that one architecture alone knows."""
    study, labels = tiny_study(seeds=seeds), tiny_data().test.labels
    with WritableStore.create_or_open(folder, study, tiny_data(image_shape=None), ENGINE) as store:
        for seed in range(seeds):
            for name, known, unknown in (("4", slice(0, 3), slice(3, 6)), ("3", slice(3, 6), slice(0, 3))):
                made, predicted = finished(study, name, seed), outcome(seed).predicted.copy()
                predicted[known], predicted[unknown] = labels[known], (labels[unknown] + 1) % N_CLASSES
                done = dataclasses.replace(made.record, test_accuracy=float((predicted == labels).mean()))
                did = dataclasses.replace(outcome(seed), predicted=predicted)
                store.finish_run(dataclasses.replace(made, record=done, outcome=did))

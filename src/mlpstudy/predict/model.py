"""Predicting with a study's networks: the finished seeds of one architecture as an ensemble."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.engine.interface import MAX_THREADS
from mlpstudy.errors import DataError, ResultsError, StoreError, must
from mlpstudy.evidence.audits.class_use import listed, silent_seeds
from mlpstudy.machine.cores import n_cores
from mlpstudy.predict.choosing import choose
from mlpstudy.text.escaping import printable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from mlpstudy.datasets.new_examples import NewExamples, Reader
    from mlpstudy.engine.native import NativeTrainer
    from mlpstudy.predict.choosing import Choice
    from mlpstudy.records import Features, RunRecord, Weights
    from mlpstudy.store import Store

BATCH = 10_000
"""Rows that one network predicts at a time: bounds what the kernels need beside the input."""


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What an ensemble of ``S`` networks says of ``n`` examples; ``p_s`` are the probabilities of network ``s``.

    Attributes:
        probabilities: ``P[i, k] = (1 / S) sum_s p_s[i, k]``, shape ``(n, n_classes)``, float64.
        predicted: ``c[i] = argmax_k P[i, k]``, the first of equals, shape ``(n,)``, int32.
        disagreement: ``D[i] = (1 / S) #{s : argmax_k p_s[i, k] != c[i]}``, the share of the networks whose own
            class is another, shape ``(n,)``, float64.
        majority: the class that most networks give, the predicted one where it is among them, else the first of
            equals, shape ``(n,)``, int32. It is another class than the predicted one where a few networks are surer
            of theirs than the many of that.
    """

    probabilities: npt.NDArray[np.float64]
    predicted: npt.NDArray[np.int32]
    disagreement: npt.NDArray[np.float64]
    majority: npt.NDArray[np.int32]

    @property
    def p_predicted(self) -> npt.NDArray[np.float64]:
        """Probability of the predicted class, shape ``(n,)``."""
        rows = np.arange(self.predicted.size)
        chosen: npt.NDArray[np.float64] = self.probabilities[rows, self.predicted]
        return chosen


class Ensemble:
    """The networks of one architecture, one a seed, computed by the native kernels in inference mode.

    Attributes:
        choice: the architecture and why it is the one.
        seeds: whose networks they are.
        class_names: one name a class.
        n_features: number of input features.
        never: classes that none of them gave to any test example of their study, though some were of it.
    """

    def __init__(self, store: Store, choice: Choice, runs: Sequence[RunRecord], n_threads: int | None = None) -> None:
        self.choice = choice
        self.seeds = tuple(run.seed for run in runs)
        self.class_names = store.class_names
        self.n_features = store.n_features
        outcomes = store.outcomes([run.run_id for run in runs]).values()
        predicted = np.array([outcome.predicted for outcome in outcomes])
        n_silent = silent_seeds(predicted, store.test_labels(), len(self.class_names))
        self.never = tuple(k for k, n in enumerate(n_silent) if n == len(runs))
        self._n_threads = min(n_threads or n_cores(), MAX_THREADS)
        self._weights = [_weights(store, run, self.n_features) for run in runs]
        self._trainer = _network(store, runs[0])

    @property
    def architecture(self) -> str:
        """Name of the architecture."""
        return self.choice.architecture

    def predict(self, features: Features) -> Prediction:
        """Return what the ensemble says of examples.

        Args:
            features: what a network sees: preprocessed, shape ``(n, n_features)``, float32.

        Raises:
            DataError: a network's probabilities of an example are NaN.
        """
        n = int(features.shape[0])
        total = np.zeros((n, len(self.class_names)), np.float64)
        votes = np.zeros((n, len(self.class_names)), np.int32)
        for weights in self._weights:
            self._trainer.set_weights(weights)
            for start in range(0, n, BATCH):
                rows = slice(start, start + BATCH)
                probabilities = self._trainer.probabilities(features[rows], self._n_threads)
                total[rows] += probabilities
                votes[start + np.arange(len(probabilities)), probabilities.argmax(axis=1)] += 1
        _check_numbers(total)
        predicted = total.argmax(axis=1).astype(np.int32)
        agreeing = votes[np.arange(n), predicted]
        majority = np.where(agreeing == votes.max(axis=1), predicted, votes.argmax(axis=1)).astype(np.int32)
        n_seeds = len(self.seeds)
        return Prediction(total / n_seeds, predicted, (n_seeds - agreeing) / n_seeds, majority)


def _check_numbers(probabilities: npt.NDArray[np.float64]) -> None:
    """Refuse examples that a network overflows on: of NaN the first class would be the largest."""
    lost = np.flatnonzero(np.isnan(probabilities).any(axis=1))
    if lost.size:
        found = f"NaN for {lost.size:,} of {len(probabilities):,} examples"
        fix = "values of the size of those that the networks were trained on"
        raise DataError(must(f"example {lost[0] + 1:,}", "have values that a network can compute with", found, fix))


class Model:
    """An architecture's networks with the preprocessing of their study: from raw values to classes.

    Attributes:
        ensemble: the networks.
        reader: how examples are read and preprocessed.

    >>> import tempfile
    >>> import mlpstudy
    >>> study = mlpstudy.Study(
    ...     name="width",
    ...     data={"name": "mnist", "train_examples": 512, "test_examples": 256},
    ...     training={"epochs": 2},
    ...     factors={"width": {"8": {"hidden": [8]}, "16": {"hidden": [16]}}},
    ... )
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model = mlpstudy.run(study, out=f"{folder}/width", seeds=2).model("16")
    >>> images = np.zeros((3, 28, 28), np.uint8)
    >>> model.predict_proba(images).shape, model.predict(images).shape, model.disagreement(images).shape
    ((3, 10), (3,), (3,))
    """

    def __init__(self, store: Store, ensemble: Ensemble, *, are_digits: bool | None = None) -> None:
        self.ensemble = ensemble
        self.reader = _reader(store, are_digits)
        self._store = store

    def __repr__(self) -> str:
        return printable(f"Model({self.architecture}, {len(self.seeds)} seeds, {len(self.class_names)} classes)")

    @property
    def architecture(self) -> str:
        """Name of the architecture."""
        return self.ensemble.architecture

    @property
    def seeds(self) -> tuple[int, ...]:
        """Whose networks they are."""
        return self.ensemble.seeds

    @property
    def class_names(self) -> tuple[str, ...]:
        """One name a class."""
        return self.ensemble.class_names

    @property
    def never_predicted(self) -> tuple[str, ...]:
        """Names of the classes that no seed gave to any test example of the study, though some were of it."""
        return tuple(self.class_names[k] for k in self.ensemble.never)

    def warn(self) -> Model:
        """Warn (``UserWarning``) where some class is never predicted by a model that nobody named, and return it."""
        line = never_line(self)
        if line is not None and self.ensemble.choice.reason != "named":
            warnings.warn(printable(line), stacklevel=3)
        return self

    def predict_all(self, x: object) -> Prediction:
        """Return probabilities, classes and disagreement in one pass.

        Args:
            x: raw values, as the study's own data have them: grey images ``(n, rows, columns)`` or ``(n, d)``, 0-255;
                a data frame (Polars, pandas, anything with Arrow's interface) or a list of dicts with the columns of a
                table; an array, list of rows or sparse matrix ``(n, d)``; or the path of a file, or of several. Rows
                without names are taken for a table's where they have one value for each column that the study uses.

        Raises:
            DataError: they do not fit the study.
        """
        return self.ensemble.predict(self.reader.transform(x))

    def predict_proba(self, x: object) -> npt.NDArray[np.float64]:
        """Return the mean probabilities over the seeds, shape ``(n, n_classes)``; see :meth:`predict_all`."""
        return self.predict_all(x).probabilities

    def predict(self, x: object) -> npt.NDArray[np.int32]:
        """Return the class of each example, an index of ``class_names``, shape ``(n,)``; see :meth:`predict_all`."""
        return self.predict_all(x).predicted

    def disagreement(self, x: object) -> npt.NDArray[np.float64]:
        """Return the share of the seeds whose own class is another, shape ``(n,)``; see :meth:`predict_all`."""
        return self.predict_all(x).disagreement

    def read(self, paths: Iterable[Path]) -> NewExamples:
        """Return the examples in files, preprocessed for ``ensemble.predict``.

        Raises:
            DataError: a file does not fit the study.
        """
        return self.reader.read(paths)

    def test_examples(self, positions: Sequence[int]) -> NewExamples:
        """Return test examples of the study's own data.

        Args:
            positions: in the study's test set, from 0.

        Raises:
            DataError: the data are not where they were.
            ResultsError: they are other data now, or there is no such position.
        """
        return _test_examples(self._store, positions)


def never_line(model: Model) -> str | None:
    """Return the line that says which classes a model never predicts, None where there is none."""
    if not model.never_predicted:
        return None
    shown = listed(f'"{name}"' for name in model.never_predicted)
    n_seeds = len(model.seeds)
    seeds = f"any of {n_seeds} seeds" if n_seeds > 1 else "its one seed"
    return f"{model.architecture} never predicted {shown} on the study's test examples, in {seeds}"


def load_model(
    store: Store,
    architecture: str | None = None,
    seeds: int | Collection[int] | None = None,
    *,
    are_digits: bool | None = None,
    n_threads: int | None = None,
) -> Model:
    """Return the networks of one architecture with the study's preprocessing.

    Args:
        store: the study's folder.
        architecture: see :func:`load_ensemble`.
        seeds: see :func:`load_ensemble`.
        are_digits: pictures in files get MNIST's own preprocessing; where None, those of studies of ``mnist`` do.
        n_threads: see :func:`load_ensemble`.

    Raises:
        ResultsError: as :func:`load_ensemble`; or the study kept no preprocessing.
        StoreError: as :func:`load_ensemble`.
    """
    ensemble = load_ensemble(store, architecture, seeds, n_threads=n_threads)
    return Model(store, ensemble, are_digits=are_digits)


def _reader(store: Store, are_digits: bool | None) -> Reader:
    from mlpstudy.datasets.new_examples import Reader  # noqa: PLC0415  # heavy: polars, pillow
    from mlpstudy.datasets.preprocessing.pixels import PixelsPreprocessing  # noqa: PLC0415  # as above
    from mlpstudy.datasets.preprocessing.stored import preprocessing_from_json  # noqa: PLC0415  # as above

    name = store.study().data.name
    stored = store.preprocessing()
    if stored is not None:
        preprocessing = preprocessing_from_json(stored)
    elif store.image_shape is not None and name is not None:
        # The first version kept none: its studies were of named images, scaled by 255.
        preprocessing = PixelsPreprocessing(n_features=store.n_features, shape=store.image_shape)
    else:
        raise ResultsError(must(str(store.folder), "hold the preprocessing of its data", "none", "run the study again"))
    if preprocessing.n_features != store.n_features:
        found = f"{preprocessing.n_features} features"
        raise StoreError(must(f"{store.folder}: preprocessing", f"give {store.n_features} features", found))
    return Reader(preprocessing, store.class_names, name == "mnist" if are_digits is None else are_digits)


def _test_examples(store: Store, positions: Sequence[int]) -> NewExamples:
    from mlpstudy.datasets import load  # noqa: PLC0415  # heavy: polars
    from mlpstudy.datasets.new_examples import NewExamples  # noqa: PLC0415  # as above

    study = store.study()
    dataset = load(study.data, study.study_seed)
    if dataset.sha256 != store.data_sha256:
        be, fix = "be the data that the study was run on", "run it where its study file lies, or put the data back"
        raise ResultsError(must(study.data.title, be, "other data", fix))
    n_test = len(dataset.test)
    for position in positions:
        if not 0 <= position < n_test:
            raise ResultsError(must("a test example", f"be 0 to {n_test - 1}", position))
    rows = list(positions)
    names = tuple(f"test example {position}" for position in rows)
    return NewExamples(names, dataset.test.features[rows], dataset.test.labels[rows])


def load_ensemble(
    store: Store,
    architecture: str | None = None,
    seeds: int | Collection[int] | None = None,
    *,
    n_threads: int | None = None,
) -> Ensemble:
    """Return the networks of the finished runs of one architecture.

    Args:
        store: the study's folder.
        architecture: its name; see :func:`choose` where None.
        seeds: how many (the first of them), or which; all that are finished where None.
        n_threads: threads of the kernels; the number of cores where None.

    Raises:
        ResultsError: as :func:`choose`, or a seed has no finished run.
        StoreError: weights are missing, damaged or of other shapes than the study's.
    """
    choice = choose(store, architecture)
    runs = {
        run.seed: run for run in store.runs() if (run.architecture, run.status) == (choice.architecture, "finished")
    }
    available = sorted(runs)
    wanted = available[:seeds] if isinstance(seeds, int) else available if seeds is None else sorted(set(seeds))
    missing = [seed for seed in wanted if seed not in runs]
    too_many = isinstance(seeds, int) and not 1 <= seeds <= len(available)
    if missing or too_many or not wanted:
        be = f"be among the {len(available)} finished of {choice.architecture}"
        found = f"{seeds} of them" if isinstance(seeds, int) else ", ".join(map(str, missing)) or "none"
        shown = ", ".join(map(str, available[:10])) + (", ..." if len(available) > 10 else "")  # noqa: PLR2004  # a line
        raise ResultsError(must("the seeds", be, found + " ", shown))
    return Ensemble(store, choice, [runs[seed] for seed in wanted], n_threads)


def _weights(store: Store, run: RunRecord, n_features: int) -> Weights:
    """Return the trained weights of a run, their shapes compared with the study's."""
    from mlpstudy.study import parameter_shapes  # noqa: PLC0415  # heavy: pydantic

    network = store.study().architecture(run.architecture).network
    expected = parameter_shapes(network, n_features, len(store.class_names))
    weights = store.weights(run.run_id, "final")
    found = {name: tensor.shape for name, tensor in weights.items()}
    if found != expected or list(found) != list(expected):
        raise StoreError(must(f"the weights of run {run.run_id}", f"have the shapes {expected}", f"{found}"))
    return weights


def _network(store: Store, run: RunRecord) -> NativeTrainer:
    """Return a network of the kernels; reading a choice alone needs none."""
    from mlpstudy.engine.native import NativeEngine  # noqa: PLC0415  # loads the kernels

    return NativeEngine().trainer(
        store.study().architecture(run.architecture),
        store.weights(run.run_id, "final"),
        n_classes=len(store.class_names),
        image_shape=store.image_shape,
        dropout_key=0,
    )

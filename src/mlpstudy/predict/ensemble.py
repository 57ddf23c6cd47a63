"""The finished seeds of one architecture as an ensemble: what they say of examples, and how far they disagree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.engine.interface import MAX_THREADS
from mlpstudy.errors import DataError, ResultsError, StoreError, must
from mlpstudy.evidence.audits.class_use import silent_seeds
from mlpstudy.machine.cores import n_cores
from mlpstudy.machine.lazy import Lazy
from mlpstudy.predict.choosing import choose
from mlpstudy.study import parameter_shapes
from mlpstudy.text.words import some

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy.typing as npt

    from mlpstudy.arrays import Features, Weights
    from mlpstudy.engine import native
    from mlpstudy.engine.native import NativeTrainer
    from mlpstudy.predict.choosing import Choice
    from mlpstudy.records import RunRecord
    from mlpstudy.store import Store
else:  # It loads the kernels, which reading a choice does not need.
    native = Lazy("mlpstudy.engine.native")

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
        shown = some([str(seed) for seed in available], 10)
        raise ResultsError(must("the seeds", be, found + " ", shown))
    return Ensemble(store, choice, [runs[seed] for seed in wanted], n_threads)


def _weights(store: Store, run: RunRecord, n_features: int) -> Weights:
    """Return the trained weights of a run, their shapes compared with the study's."""
    network = store.study().architecture(run.architecture).network
    expected = parameter_shapes(network, n_features, len(store.class_names))
    weights = store.weights(run.run_id, "final")
    found = {name: tensor.shape for name, tensor in weights.items()}
    if found != expected or list(found) != list(expected):
        raise StoreError(must(f"the weights of run {run.run_id}", f"have the shapes {expected}", f"{found}"))
    return weights


def _network(store: Store, run: RunRecord) -> NativeTrainer:
    """Return a network of the kernels; reading a choice alone needs none."""
    return native.NativeEngine().trainer(
        store.study().architecture(run.architecture),
        store.weights(run.run_id, "final"),
        n_classes=len(store.class_names),
        image_shape=store.image_shape,
        dropout_key=0,
    )

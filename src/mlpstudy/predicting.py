"""Predicting with a study's networks: the finished seeds of one architecture as an ensemble."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from mlpstudy.errors import ResultsError, StoreError, must, nearest
from mlpstudy.judging import judge_store

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy.typing as npt

    from mlpstudy.engine.native import NativeTrainer
    from mlpstudy.evidence.judgement import MetricJudgement
    from mlpstudy.records import Features, RunRecord, Weights
    from mlpstudy.store import Store

BATCH = 10_000
"""Rows that one network predicts at a time: bounds what the kernels need beside the input."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The architecture that predicts, and why.

    Attributes:
        architecture: its name.
        reason: ``"named"``; ``"best tier, fewest parameters"``; ``"best mean"`` where the judgement gives no tiers
            (one seed, or a family without all pairs); ``"only one"`` where one alone has finished runs.
    """

    architecture: str
    reason: Literal["named", "best tier, fewest parameters", "best mean", "only one"]


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What an ensemble of ``S`` networks says of ``n`` examples; ``p_s`` are the probabilities of network ``s``.

    Attributes:
        probabilities: ``P[i, k] = (1 / S) sum_s p_s[i, k]``, shape ``(n, n_classes)``, float64.
        predicted: ``c[i] = argmax_k P[i, k]``, the first of equals, shape ``(n,)``, int32.
        disagreement: ``D[i] = (1 / S) #{s : argmax_k p_s[i, k] != c[i]}``, the share of the networks whose own
            class is another, shape ``(n,)``, float64.
    """

    probabilities: npt.NDArray[np.float64]
    predicted: npt.NDArray[np.int32]
    disagreement: npt.NDArray[np.float64]

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
    """

    def __init__(self, store: Store, choice: Choice, runs: Sequence[RunRecord], n_threads: int | None = None) -> None:
        self.choice = choice
        self.seeds = tuple(run.seed for run in runs)
        self.class_names = store.class_names
        self.n_features = store.n_features
        self._n_threads = n_threads or len(os.sched_getaffinity(0))
        self._weights = [tuple(_weights(store, run, self.n_features).values()) for run in runs]
        self._trainer = _network(store, runs[0])

    @property
    def architecture(self) -> str:
        """Name of the architecture."""
        return self.choice.architecture

    def predict(self, features: Features) -> Prediction:
        """Return what the ensemble says of examples.

        Args:
            features: what a network sees: preprocessed, shape ``(n, n_features)``, float32.
        """
        n = int(features.shape[0])
        total = np.zeros((n, len(self.class_names)), np.float64)
        votes = np.empty((len(self.seeds), n), np.int32)
        for weights, own in zip(self._weights, votes, strict=True):
            self._trainer.network.set_parameters(list(weights))
            for start in range(0, n, BATCH):
                rows = slice(start, start + BATCH)
                probabilities = self._trainer.probabilities(features[rows], self._n_threads)
                total[rows] += probabilities
                own[rows] = probabilities.argmax(axis=1)
        predicted = total.argmax(axis=1).astype(np.int32)
        disagreement = (votes != predicted).mean(axis=0)
        return Prediction(total / len(self.seeds), predicted, disagreement)


def choose(store: Store, architecture: str | None = None) -> Choice:
    """Return the architecture to predict with: the named one, or the best tier's with the fewest parameters.

    The best tier are the architectures that share the first letter of the best mean of the primary metric: the
    evidence cannot tell them apart, so the smallest will do.

    Raises:
        ResultsError: no run of it has finished, or the study has no such architecture.
    """
    names = [each.name for each in store.study().architectures]
    finished = {run.architecture: run for run in store.runs() if run.status == "finished"}
    if architecture is not None:
        if architecture not in names:
            near = nearest(architecture, names)
            fix = f'"{near}"' if near else f"one of {', '.join(names)}"
            raise ResultsError(must("the architecture", f"be one of the study {store.study().name}", architecture, fix))
        _need_finished(store, architecture in finished, f"the architecture {architecture}")
        return Choice(architecture, "named")
    _need_finished(store, bool(finished), str(store.folder))
    if len(finished) == 1:
        return Choice(next(iter(finished)), "only one")
    best = _best_tier(judge_store(store).primary, finished)
    reason: Literal["best tier, fewest parameters", "best mean"]
    reason = "best mean" if best.tier is None else "best tier, fewest parameters"
    return Choice(min(best.architectures, key=lambda name: finished[name].n_parameters), reason)


def _need_finished(store: Store, is_there: bool, what: str) -> None:
    if not is_there:
        fix = "wait for its first run" if store.writer() else f"mlpstudy run --out {store.folder}"
        raise ResultsError(must(what, "have a finished run to predict with", "none", fix))


@dataclass(frozen=True, slots=True)
class _Tier:
    """Architectures, in the study's order, and their letter; None where there are no letters."""

    architectures: tuple[str, ...]
    tier: str | None


def _best_tier(metric: MetricJudgement, finished: Collection[str]) -> _Tier:
    sign = 1.0 if metric.metric == "accuracy" else -1.0
    known = [one for one in metric.standings if one.mean is not None and one.architecture in finished]
    lettered = [one for one in known if one.tier not in {"", "?"}]
    best = max(lettered or known, key=lambda one: sign * (one.mean or 0.0))
    if not lettered:
        return _Tier((best.architecture,), None)
    first = _letters(best.tier)[0]
    return _Tier(tuple(one.architecture for one in lettered if first in _letters(one.tier)), first)


def _letters(tier: str) -> list[str]:
    return re.findall(r"[A-Za-z]\d*", tier)


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
    from mlpstudy.spec import parameter_shapes  # noqa: PLC0415  # heavy: pydantic

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

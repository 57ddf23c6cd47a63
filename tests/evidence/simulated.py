"""Studies whose truth is known: outcomes drawn from a model of seeds and examples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import special

from mlpstudy.arrays import BoolArray, FloatArray
from mlpstudy.evidence.estimates.contrasts import Estimate
from mlpstudy.evidence.estimates.intervals import mean_interval
from mlpstudy.evidence.sample import ArchitectureSample, StudySample
from mlpstudy.records import Outcome, Provenance, RunRecord, Status

PROVENANCE = Provenance("0", "native", "0", "avx2", "3.11", "2", "linux", "cpu", 2)
N_CLASSES = 10


def crossed(
    rng: np.random.Generator,
    n_seeds: int,
    n_examples: int,
    *,
    mean: float,
    v_seed: float,
    v_example: float,
    v_rest: float,
) -> FloatArray:
    """Return D[s, i] of the two-way random-effects model, normal effects."""
    by_seed = np.sqrt(v_seed) * rng.standard_normal((n_seeds, 1))
    by_example = np.sqrt(v_example) * rng.standard_normal((1, n_examples))
    rest = np.sqrt(v_rest) * rng.standard_normal((n_seeds, n_examples))
    return np.asarray(mean + by_seed + by_example + rest, dtype=np.float64)


def correct_cells(
    rng: np.random.Generator,
    n_seeds: int,
    n_examples: int,
    *,
    ability: float = 2.0,
    seed_sd: float = 0.1,
    own_sd: float = 0.5,
    hard: FloatArray | None = None,
) -> BoolArray:
    """Return right or wrong, ``(n_seeds, n_examples)``: a probit model.

    ``P(right) = Phi(ability + hard[i] + own[i] + seed[s])``: ``hard`` is shared between architectures, ``own`` is the
    architecture's own taste in examples, ``seed`` the true quality of a retraining.
    """
    own = own_sd * rng.standard_normal(n_examples)
    seed = seed_sd * rng.standard_normal((n_seeds, 1))
    shared = np.zeros(n_examples) if hard is None else hard
    return np.asarray(rng.random((n_seeds, n_examples)) < special.ndtr(ability + shared + own + seed))


def architecture(
    name: str,
    correct: npt.ArrayLike,
    *,
    seeds: Sequence[int] | None = None,
    labels: npt.NDArray[np.int32] | None = None,
    levels: Sequence[tuple[str, str]] = (),
    diverged: Sequence[int] = (),
    wall_s: float | None = 10.0,
) -> ArchitectureSample:
    """Return an architecture that predicts the label where right and the next class where wrong."""
    right = np.atleast_2d(np.asarray(correct, dtype=bool))
    truth = np.zeros(right.shape[1], dtype=np.int32) if labels is None else labels
    confidence = np.full(right.shape, 0.9, dtype=np.float32)
    return ArchitectureSample(
        name=name,
        levels=tuple(levels),
        seeds=np.arange(right.shape[0]) if seeds is None else np.array(seeds, dtype=np.int64),
        predicted=np.where(right, truth, (truth + 1) % N_CLASSES).astype(np.int32),
        p_predicted=confidence,
        p_true=np.where(right, confidence, np.float32(0.05)).astype(np.float32),
        diverged_seeds=tuple(diverged),
        wall_s=wall_s,
    )


def study(*architectures: ArchitectureSample, n_planned: int | None = None) -> StudySample:
    """Return a study in which every example is of class 0."""
    n_examples = architectures[0].predicted.shape[1]
    planned = max(a.n for a in architectures) if n_planned is None else n_planned
    return StudySample(architectures, np.zeros(n_examples, dtype=np.int32), planned)


def estimate_of(d: npt.ArrayLike, *, p_adjusted: float = 0.5) -> Estimate:
    """Return the estimate of one comparison from its differences, without any flip."""
    sample = np.asarray(d, dtype=np.float64)
    interval = mean_interval(sample)
    sd = float(sample.std(ddof=1))
    se = sd / float(np.sqrt(sample.size))
    return Estimate(
        n_seeds=sample.size,
        value=float(sample.mean()),
        sd=sd,
        se=se,
        same_test_set=interval,
        simultaneous=interval,
        new_data=None,
        components=None,
        p=p_adjusted,
        p_adjusted=p_adjusted,
        identical=False,
    )


def run(
    name: str, seed: int, accuracy: float | None = 0.98, status: Status = "finished", wall_s: float = 10.0
) -> RunRecord:
    """Return the record of a run; its test loss is 1 - accuracy."""
    return RunRecord(
        run_id=f"{name}/{seed}",
        architecture=name,
        seed=seed,
        status=status,
        reason=None,
        n_epochs_done=20,
        diverged_epoch=None,
        test_loss=None if accuracy is None else 1 - accuracy,
        test_accuracy=accuracy,
        n_parameters=100,
        n_trainable=90,
        wall_s=wall_s,
        started_at="2026-01-01T00:00:00Z",
        provenance=PROVENANCE,
    )


def outcome(predicted: Sequence[int], p_true: float = 0.9) -> Outcome:
    """Return an outcome with one probability everywhere."""
    p = np.full(len(predicted), p_true, dtype=np.float32)
    return Outcome(np.array(predicted, dtype=np.int32), p, p)


def within(found: float, truth: float, n: int, sigmas: float = 3.3) -> bool:
    """Say whether a share of n independent trials agrees with a probability within Monte-Carlo error."""
    return abs(found - truth) <= sigmas * float(np.sqrt(truth * (1 - truth) / n))

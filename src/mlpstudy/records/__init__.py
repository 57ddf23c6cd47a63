"""The types that cross layers: data in, records of runs out. Frozen, typed, no behaviour to speak of.

Axes are always in the order run, batch, feature.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Status = Literal["running", "finished", "diverged", "failed"]

ValidationSource = Literal["test", "held out"]
"""What the curves are measured on: the test examples, or training examples that are held out for it."""

SCHEMA_VERSION = 2
"""Version of the store's schema; a store of a newer one is refused."""

PROBABILITY_CLIP = 1e-7
"""Probabilities are clipped to [1e-7, 1 - 1e-7] before the logarithm, as Keras does."""

Float32Array = npt.NDArray[np.float32]
Features: TypeAlias = "Float32Array | csr_array"
"""What a network sees, shape ``(n, d)``: float32, C-contiguous; or, where most values are 0, a SciPy CSR array in
canonical form (float32 values, int32 columns that rise within a row, int32 or int64 row pointers), which stays
sparse in memory."""

Weights = Mapping[str, Float32Array]
"""Parameter tensors by name (``hidden_1.kernel``), in the order of the network's layers."""


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Examples of one split.

    Attributes:
        features: what a network sees, shape ``(n, d)``, dense or sparse.
        labels: class indices, shape ``(n,)``, int32.
        raw: of images the grey values before scaling, uint8 0-255, shape ``(n, d)``; else None.
    """

    features: Features
    labels: npt.NDArray[np.int32]
    raw: npt.NDArray[np.uint8] | None = None

    def __len__(self) -> int:
        return int(self.labels.shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """A data set as a study uses it: scaled, split, checked.

    Attributes:
        name: the name or path in the study file.
        train: what the networks learn from.
        validation: what they are measured on after each epoch.
        validation_source: what that is: ``"test"`` (as the notebook did), or ``"held out"``.
        test: what the outcomes are recorded on.
        class_names: one name a class, in the order of the labels.
        image_shape: ``(rows, columns)`` where the examples are images, else None.
        sha256: hash of the raw bytes that the data were made from, and of how they were split.
        preprocessing: JSON-compatible: how raw values become features, with all that was learned from the training
            examples; None where that is not known.
        warnings: what a user should know of the data before believing results on them, a line each.
        leaking: columns of a table that give the class away; each has its warning.
        has_own_test: the test examples came as such, and were not held out of the others.
    """

    name: str
    train: Examples
    validation: Examples
    validation_source: ValidationSource
    test: Examples
    class_names: tuple[str, ...]
    image_shape: tuple[int, int] | None
    sha256: str
    preprocessing: Mapping[str, object] | None = None
    warnings: tuple[str, ...] = ()
    leaking: tuple[str, ...] = ()
    has_own_test: bool = False

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return len(self.class_names)

    @property
    def n_features(self) -> int:
        """Number of input features."""
        return int(self.train.features.shape[1])


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """What one epoch of one run measured.

    Attributes:
        epoch: 1 for the first.
        train_loss: running mean of the training loss over the epoch, in training mode (nats).
        train_accuracy: running mean of the training accuracy (0 to 1).
        val_loss: loss on the validation examples after the epoch, in inference mode (nats).
        val_accuracy: accuracy on the validation examples (0 to 1).
        train_s: wall time of the training part (s).
        val_s: wall time of the validation part (s).
    """

    epoch: int
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    train_s: float
    val_s: float


@dataclass(frozen=True, slots=True)
class LayerDiagnostics:
    """What one layer of one run did in one epoch, where ``training.diagnostics`` is on.

    With W the layer's kernel before a step, g the gradient of the batch's mean loss with respect to it, dW what Adam
    takes off it, alpha m / (sqrt(v) + epsilon), before the difference is rounded to float32, and h = f(x W + b) its
    activations in training mode, before batch normalisation and dropout (of the output layer: its logits), over the
    measured steps S of the epoch:

        gradient_norm   = mean over S of |g|            |.| is the Frobenius norm
        weight_norm     = mean over S of |W|
        update_ratio    = mean over S of |dW| / |W|
        dead_share      = share of the units that have f'(z) < 0.01 max f' on every measured example
        activation_mean = mean of h over units and measured examples
        activation_std  = root of the mean of (h - activation_mean)^2

    A dead unit passes (nearly) no gradient back, whatever it is shown: of ReLU, one that is 0 on every measured
    example; of tanh, one with |h| > 0.995; of the sigmoid, one below 0.0025 or above 0.9975; of a linear layer, none.

    The measured steps are K = min(8, max(1, F // 32)) of the F full batches (F = 1 where the only batch is short):
    numbers floor(i F / K), i = 1 to K, so that the last full batch is always one of them.

    Numbers are not finite where a run has diverged.

    Attributes:
        epoch: 1 for the first.
        layer: name of the dense layer: ``"hidden_1"``, ..., ``"output"``.
        gradient_norm: mean norm of the gradient.
        weight_norm: mean norm of the weights.
        update_ratio: mean norm of the update over the norm of the weights; 0 where both are 0.
        dead_share: share of dead units (0 to 1).
        activation_mean: mean of the activations.
        activation_std: standard deviation of the activations.
    """

    epoch: int
    layer: str
    gradient_norm: float
    weight_norm: float
    update_ratio: float
    dead_share: float
    activation_mean: float
    activation_std: float


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a finished run did on every test example, in the order of the test set.

    Attributes:
        predicted: predicted class, shape ``(n,)``, int32.
        p_predicted: probability of the predicted class, shape ``(n,)``, float32.
        p_true: probability of the true class, shape ``(n,)``, float32.
    """

    predicted: npt.NDArray[np.int32]
    p_predicted: Float32Array
    p_true: Float32Array

    def correct(self, labels: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
        """Return where the prediction is right, shape ``(n,)``."""
        return np.equal(self.predicted, labels)

    def log_loss(self) -> float:
        """Return the mean of -ln(p_true), clipped as in training (nats)."""
        p_true = np.clip(self.p_true.astype(np.float64), PROBABILITY_CLIP, 1 - PROBABILITY_CLIP)
        return float(-np.log(p_true).mean())


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a run's numbers come from.

    Attributes:
        mlpstudy: version of this package.
        engine: name of the engine.
        engine_version: version of what computed (this package, or PyTorch).
        instruction_set: of the native engine, or the device of the torch engine.
        python: version of Python.
        numpy: version of NumPy.
        platform: operating system and architecture.
        cpu: name of the processor.
        n_cores: number of cores that the process may use.
    """

    mlpstudy: str
    engine: str
    engine_version: str
    instruction_set: str
    python: str
    numpy: str
    platform: str
    cpu: str
    n_cores: int


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run: an architecture trained with one seed.

    Attributes:
        run_id: hash of everything that decides the result.
        architecture: name of the architecture.
        seed: the seed.
        status: running, finished, diverged or failed.
        reason: why it is diverged or failed, in a few words; else None.
        n_epochs_done: epochs that were completed.
        diverged_epoch: first epoch of the divergence, else None.
        test_loss: mean test loss (nats) of a finished run, else None.
        test_accuracy: test accuracy (0 to 1) of a finished run, else None.
        n_parameters: all parameters, trainable or not.
        n_trainable: trainable parameters.
        wall_s: wall time from start to end (s).
        started_at: start, UTC, ISO 8601.
        provenance: what computed it.
    """

    run_id: str
    architecture: str
    seed: int
    status: Status
    reason: str | None
    n_epochs_done: int
    diverged_epoch: int | None
    test_loss: float | None
    test_accuracy: float | None
    n_parameters: int
    n_trainable: int
    wall_s: float
    started_at: str
    provenance: Provenance


@dataclass(frozen=True, slots=True, eq=False)
class RunResult:
    """All that a run leaves behind. ``outcome`` is None and the weights may be empty unless it finished.

    ``diagnostics`` are ordered by epoch, then by layer from the first; none where they are off.
    """

    record: RunRecord
    epochs: tuple[EpochRecord, ...]
    outcome: Outcome | None
    initial_weights: Weights = field(default_factory=dict)
    final_weights: Weights = field(default_factory=dict)
    diagnostics: tuple[LayerDiagnostics, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class TrainerState:
    """All that training goes on from after an epoch, beside what is keyed by seed and epoch.

    Attributes:
        n_steps: steps that the optimiser has taken; the dropout masks of the next one are keyed by it too.
        tensors: parameters (``parameter/<name>``, moving statistics among them), Adam's moments (``m/<name>``,
            ``v/<name>``), and whatever else an engine draws from.
    """

    n_steps: int
    tensors: Mapping[str, npt.NDArray[np.float32] | npt.NDArray[np.uint8]]


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A run after some of its epochs: from here it goes on to the same end, bit for bit.

    Attributes:
        run_id: the run.
        maker: hash of build, instruction set and machine, which alone go on from it.
        started_at: start of the run, UTC, ISO 8601.
        wall_s: wall time so far (s).
        epochs: what the epochs so far measured.
        diagnostics: what they measured of the layers, where diagnostics are on.
        state: what training goes on from.
    """

    run_id: str
    maker: str
    started_at: str
    wall_s: float
    epochs: tuple[EpochRecord, ...]
    diagnostics: tuple[LayerDiagnostics, ...]
    state: TrainerState


@dataclass(frozen=True, slots=True)
class Resumption:
    """How a run goes on: from its checkpoint, or anew without one; ``note`` says why a checkpoint is not used."""

    checkpoint: Checkpoint | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """What a simple method did on the test examples, for scale: the majority class, logistic regression.

    Attributes:
        name: what it is called in tables and figures.
        test_accuracy: test accuracy (0 to 1).
        test_loss: mean test loss (nats).
        predicted: predicted class of every test example, shape ``(n,)``, int32.
        p_true: probability of the true class, shape ``(n,)``, float32.
    """

    name: str
    test_accuracy: float
    test_loss: float
    predicted: npt.NDArray[np.int32]
    p_true: Float32Array


@dataclass(frozen=True, slots=True)
class Look:
    """One time that somebody was shown results on the test examples.

    Attributes:
        at: when, UTC, ISO 8601.
        what: the command, ``"judge"``.
    """

    at: str
    what: str


def divergence_threshold(n_classes: int) -> float:
    """Return the training loss above which a run counts as diverged: ln(k) + 2.

    A network that gives the right class exp(-2) = 0.14 of the probability that guessing uniformly among
    k classes would give it has learned worse than nothing.

    >>> round(divergence_threshold(10), 3)
    4.303
    """
    return math.log(n_classes) + 2.0

"""What figures are handed: frozen, typed, computed elsewhere.

Arrays are read, never changed. Losses are in nats, accuracies from 0 to 1; where an epoch or a value is missing
it is NaN.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt

from mlpstudy.arrays import FloatArray, Weights
from mlpstudy.errors import ResultsError, must
from mlpstudy.records import EpochRecord, RunRecord
from mlpstudy.study.network.layers import layer_and_kind

if TYPE_CHECKING:
    from mlpstudy.evidence.curves.density import Density

Levels = tuple[tuple[str, str], ...]
"""Pairs of factor and level, as in :class:`mlpstudy.study.Architecture`."""

N_VIOLIN_GRID = 128
"""Grid points of a drawn violin: two a pixel row at the size it is drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class RunCurves:
    """The learning curves of one run.

    Attributes:
        architecture: name of the architecture.
        seed: the seed.
        train_loss: training loss an epoch (nats), shape ``(epochs,)``.
        val_loss: validation loss an epoch (nats), shape ``(epochs,)``.
        diverged_epoch: first epoch of the divergence, else None.
    """

    architecture: str
    seed: int
    train_loss: FloatArray
    val_loss: FloatArray
    diverged_epoch: int | None = None

    def __post_init__(self) -> None:
        """Refuse curves that do not belong together."""
        _check_pair(self.architecture, self.train_loss, self.val_loss)

    @classmethod
    def of(cls, record: RunRecord, epochs: Sequence[EpochRecord]) -> Self:
        """Return the curves of a stored run."""
        n_epochs = max((e.epoch for e in epochs), default=0)
        losses = np.full((2, n_epochs), np.nan)
        for e in epochs:
            losses[:, e.epoch - 1] = e.train_loss, e.val_loss
        return cls(record.architecture, record.seed, losses[0], losses[1], record.diverged_epoch)

    @property
    def n_epochs(self) -> int:
        """Number of epochs, the diverged one included."""
        return max(int(self.train_loss.size), self.diverged_epoch or 0)


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """A mean curve over seeds, with its interval where there is one; each of shape ``(epochs,)``."""

    mean: FloatArray
    lower: FloatArray | None = None
    upper: FloatArray | None = None

    def __post_init__(self) -> None:
        """Refuse half an interval."""
        if (self.lower is None) != (self.upper is None):
            raise ResultsError(must("a band", "have both a lower and an upper limit", "one of them"))
        if self.lower is not None and self.upper is not None:
            _check_pair("a band", self.mean, self.lower)
            _check_pair("a band", self.mean, self.upper)


@dataclass(frozen=True, slots=True, eq=False)
class ArchitectureCurves:
    """The learning curves of all runs of one architecture.

    Attributes:
        name: name of the architecture.
        levels: its factors and levels.
        runs: its runs, at least one.
        train: mean training loss over the runs, None where there is one run.
        val: mean validation loss over the runs, None where there is one run.
    """

    name: str
    levels: Levels
    runs: tuple[RunCurves, ...]
    train: Band | None = None
    val: Band | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TensorDensity:
    """The distribution of one parameter tensor.

    Attributes:
        tensor: name of the tensor, ``hidden_1.kernel``.
        shape: shape of the tensor.
        trained: density of the trained values, None where no value is finite.
        initial: density of the initial values, None where it is not known.
    """

    tensor: str
    shape: tuple[int, ...]
    trained: Density | None
    initial: Density | None = None

    @property
    def layer(self) -> str:
        """Name of the layer, ``hidden_1``."""
        return layer_and_kind(self.tensor)[0]

    @property
    def kind(self) -> str:
        """What the tensor is: kernel, bias, gamma, beta, moving_mean or moving_variance."""
        return layer_and_kind(self.tensor)[1]


@dataclass(frozen=True, slots=True, eq=False)
class ArchitectureWeights:
    """The distributions of all parameter tensors of one architecture.

    Attributes:
        name: name of the architecture.
        tensors: in the order of the layers.
        n_runs: number of runs pooled.
        seed: the seed where it is one run, else None.
    """

    name: str
    tensors: tuple[TensorDensity, ...]
    n_runs: int = 1
    seed: int | None = None

    @classmethod
    def pooled(
        cls, name: str, trained: Sequence[Weights], initial: Sequence[Weights] = (), *, seed: int | None = None
    ) -> Self:
        """Return the densities of the weights of one run, or of several pooled.

        Args:
            name: name of the architecture.
            trained: final weights, one mapping a run; empty mappings (diverged runs) are left out.
            initial: initial weights, one mapping a run.
            seed: the seed where it is one run.
        """
        finals = [weights for weights in trained if weights]
        initials = [weights for weights in initial if weights]
        names = next(iter(finals or initials), {})
        tensors = []
        for tensor in names:
            shape = tuple(int(n) for n in names[tensor].shape)
            tensors.append(TensorDensity(tensor, shape, _density(finals, tensor), _density(initials, tensor)))
        return cls(name, tuple(tensors), len(finals), seed)


@dataclass(frozen=True, slots=True, eq=False)
class ArchitectureAccuracy:
    """The test accuracies of all finished runs of one architecture.

    Attributes:
        name: name of the architecture.
        levels: its factors and levels.
        seeds: the seeds of the finished runs.
        accuracy: their test accuracies (0 to 1), shape ``(runs,)``.
        mean: mean test accuracy, None where no run finished.
        interval: lower and upper limit of the mean's interval, None where there is none (one seed).
        reference: a value reported elsewhere to compare with (the notebook's), else None.
        n_diverged: number of runs that diverged.
    """

    name: str
    levels: Levels
    seeds: tuple[int, ...]
    accuracy: FloatArray
    mean: float | None = None
    interval: tuple[float, float] | None = None
    reference: float | None = None
    n_diverged: int = 0

    def __post_init__(self) -> None:
        """Refuse accuracies without their seeds."""
        if len(self.seeds) != self.accuracy.size:
            found = f"{len(self.seeds)} seeds for {self.accuracy.size} runs"
            raise ResultsError(must(f"the accuracies of {self.name}", "have one seed each", found))


@dataclass(frozen=True, slots=True, eq=False)
class ExampleImage:
    """An example that is an image.

    Attributes:
        pixels: grey values 0 to 255, shape ``(rows, columns)``, 0 the paper and 255 the ink.
        label: its class, or what is to be said of it.
    """

    pixels: npt.NDArray[np.uint8]
    label: str

    def __post_init__(self) -> None:
        """Refuse what is no image."""
        if self.pixels.ndim != 2 or self.pixels.size == 0 or self.pixels.dtype != np.uint8:  # noqa: PLR2004  # a plane
            found = f"shape {self.pixels.shape} of {self.pixels.dtype}"
            fix = "reshape the raw values to the data set's image_shape"
            raise ResultsError(must("the pixels of an example", "be rows and columns of uint8", found, fix))


def _density(runs: Sequence[Mapping[str, npt.NDArray[np.float32]]], tensor: str) -> Density | None:
    """Return the density of a tensor's finite values over runs, None where there are none."""
    from mlpstudy.evidence.curves.density import density  # noqa: PLC0415  # SciPy, which only violins need

    values = [run[tensor].ravel() for run in runs if tensor in run]
    pool = np.concatenate(values) if values else np.empty(0, np.float32)
    return density(pool, n_grid=N_VIOLIN_GRID) if np.isfinite(pool).any() else None


def _check_pair(what: str, first: FloatArray, second: FloatArray) -> None:
    """Refuse two curves of different lengths."""
    if first.ndim != 1 or first.shape != second.shape:
        found = f"shapes {first.shape} and {second.shape}"
        raise ResultsError(must(f"the curves of {what}", "have one value an epoch each", found))

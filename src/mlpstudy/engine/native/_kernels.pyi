"""The compiled training step (kernels/module.cpp)."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mlpstudy.arrays import Features, Float32Array, FloatArray

ACTIVATIONS: tuple[str, ...]
LOSSES: tuple[str, ...]
OPTIMISERS: tuple[str, ...]
"""What a network may be made of, by the names that it takes."""

def available_instruction_sets() -> list[str]:
    """Names of the instruction sets that this machine can run, best first."""

def instruction_set() -> str:
    """Name of the instruction set that new networks use: the best, or MLPSTUDY_INSTRUCTION_SET.

    Raises:
        ValueError: the variable names one that is unknown or that this machine cannot run.
    """

class EpochResult:
    """Means over the examples of one epoch, seen in training mode, each before its step's update."""

    @property
    def loss(self) -> float: ...
    @property
    def accuracy(self) -> float: ...
    @property
    def n_steps(self) -> int: ...
    @property
    def stopped(self) -> bool: ...
    @property
    def is_finite(self) -> bool:
        """Whether all parameters and moving statistics are after it."""

class Network:
    """One multilayer perceptron and its optimiser; one thread at a time may use it, but for request_stop.

    Products of hidden layers skip zeros where the share of the other values is below ``max_lit_share`` (0: never). It
    changes their time and, as long as all numbers are finite, no bit of their results (NaN times 0 would be NaN).

    A network one of whose parameters or moving statistics is not finite is evaluated to NaN: the loss of every example
    and all probabilities; none is a hit.
    """

    def __init__(
        self,
        *,
        n_inputs: int,
        hidden: Sequence[int],
        n_classes: int,
        activation: str,
        batch_normalisation: bool,
        bn_momentum: float = 0.99,
        bn_epsilon: float = 1e-3,
        dropout: Sequence[float],
        loss: str = "softmax_cross_entropy",
        optimiser: str = "adam",
        learning_rate: float = 1e-3,
        optimiser_settings: dict[str, float] = ...,
        batch_size: int,
        dropout_key: int = 0,
        column_groups: npt.NDArray[np.int32] | None = None,
        diagnostics: bool = False,
        max_lit_share: float = 0.6,
    ) -> None: ...
    @property
    def instruction_set(self) -> str:
        """Name of the instruction set that this network uses."""

    @property
    def slots(self) -> tuple[str, ...]:
        """Names of the arrays that its optimiser keeps beside each trained parameter."""

    def set_parameters(self, parameters: Sequence[Float32Array]) -> None:
        """Set all parameters, per layer kernel, bias, then (if any) gamma, beta, moving mean, moving variance."""

    def parameters(self) -> list[Float32Array]:
        """Copies of all parameters, in the order of set_parameters."""

    def optimiser_state(self) -> tuple[int, list[list[Float32Array]]]:
        """Steps done, and each slot of the trainable parameters, in their order."""

    def set_optimiser_state(self, step: int, slots: Sequence[Sequence[Float32Array]]) -> None:
        """Set what optimiser_state returned; training then goes on bit for bit as if it had not paused."""

    def train_epoch(
        self,
        features: Features,
        labels: npt.NDArray[np.int32],
        order: npt.NDArray[np.int64],
        n_threads: int = 1,
        learning_rates: FloatArray | None = None,
    ) -> EpochResult:
        """Train on the rows that order names, in batches; the short last batch is trained on, too.

        Each step has its learning rate; where they are None all have that of the settings.
        """

    def evaluate(self, features: Features, labels: npt.NDArray[np.int32], n_threads: int = 1) -> tuple[float, float]:
        """Mean loss and accuracy in inference mode."""

    def prepare(self, features: Features, labels: npt.NDArray[np.int32], n_threads: int = 1) -> bool:
        """Keep examples for evaluate_prepared, which then gathers nothing; False where they are too many (256 MiB)."""

    def evaluate_prepared(self, n_threads: int = 1) -> tuple[float, float]:
        """What evaluate would return for the examples of prepare, to the bit."""

    def probabilities(self, features: Features, n_threads: int = 1) -> Float32Array:
        """Class probabilities in inference mode, shape (n, n_classes)."""

    def diagnostics(self) -> list[tuple[float, float, float, float, float, float]]:
        """The last epoch's numbers of each layer, as LayerDiagnostics orders them; none where they are off."""

    def request_stop(self) -> None:
        """Make a running train_epoch return after its current step; callable from any thread."""

    def profile(self, reset: bool = False) -> list[tuple[str, float, float, float]]:
        """Per phase of training: name, seconds, gigaflop of the dense products, gigaflop done."""

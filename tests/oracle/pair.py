"""The kernels and the oracle with the same parameters, fed the same examples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from mlpstudy.arrays import Float32Array
from mlpstudy.engine.native import _kernels
from oracle.mlp import Mlp, build
from oracle.philox import dropout_mask

ACTIVATIONS = _kernels.ACTIVATIONS
INSTRUCTION_SETS = _kernels.available_instruction_sets()


@dataclass(frozen=True)
class Case:
    """A network and the batches it sees."""

    n_inputs: int
    hidden: tuple[int, ...]
    n_classes: int
    batch: int
    n_examples: int
    activation: str = "relu"
    batch_normalisation: bool = False
    rate: float = 0.0
    lit: float = 0.3
    learning_rate: float = 1e-3
    key: int = 0x1234567890ABCDEF
    seed: int = 0
    diagnostics: bool = False
    max_lit_share: float = 0.6
    momentum: float = 0.99
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7
    bn_epsilon: float = 1e-3

    @property
    def settings(self) -> dict[str, float]:
        """Adam's."""
        return {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}


@st.composite
def cases(
    draw: st.DrawFn, *, most_inputs: int, most_layers: int, most_classes: int
) -> tuple[Case, npt.NDArray[np.int32]]:
    """Draw a case of any sizes and density, and a grouping of its columns."""
    size = st.integers(1, 70)
    case = Case(
        draw(st.integers(1, most_inputs)),
        tuple(draw(st.lists(size, max_size=most_layers))),
        draw(st.integers(2, most_classes)),
        draw(size),
        draw(size),
        activation=draw(st.sampled_from(ACTIVATIONS)),
        lit=draw(st.floats(0, 1)),
        seed=draw(st.integers(0, 99)),
    )
    return case, np.random.default_rng(case.seed).permutation(case.n_inputs).astype(np.int32)


@dataclass
class Pair:
    """Both networks and the data of a case."""

    case: Case
    network: _kernels.Network
    oracle: Mlp
    features: Float32Array
    labels: npt.NDArray[np.int32]
    order: npt.NDArray[np.int64]

    def train(self, n_threads: int = 1) -> tuple[_kernels.EpochResult, npt.NDArray[np.float64]]:
        """One epoch of both; return ours and the oracle's loss of each example."""
        result = self.network.train_epoch(self.features, self.labels, self.order, n_threads)
        losses = []
        for start in range(0, len(self.order), self.case.batch):
            rows = self.order[start : start + self.case.batch]
            rows = rows[np.argsort(self.labels[rows], kind="stable")]  # masks count rows in order of label
            x = self.features[rows].astype(np.float64)
            losses.append(self.oracle.train_step(x, self.labels[rows], self.masks(len(rows))))
        return result, np.concatenate(losses)

    def masks(self, n_rows: int) -> list[npt.NDArray[np.bool_]] | None:
        """The masks of the oracle's next step."""
        if self.case.rate == 0:
            return None
        return [
            dropout_mask(self.case.key, self.oracle.step, i, n_rows, width, self.case.rate)
            for i, width in enumerate(self.case.hidden)
        ]


def network_of(case: Case, groups: npt.NDArray[np.int32] | None = None) -> _kernels.Network:
    """The kernels' network of a case."""
    return _kernels.Network(
        n_inputs=case.n_inputs,
        hidden=list(case.hidden),
        n_classes=case.n_classes,
        activation=case.activation,
        batch_normalisation=case.batch_normalisation,
        bn_momentum=case.momentum,
        bn_epsilon=case.bn_epsilon,
        dropout=[case.rate] * len(case.hidden),
        learning_rate=case.learning_rate,
        optimiser_settings=case.settings,
        batch_size=case.batch,
        dropout_key=case.key,
        column_groups=groups,
        diagnostics=case.diagnostics,
        max_lit_share=case.max_lit_share,
    )


def pair_of(case: Case, groups: npt.NDArray[np.int32] | None = None) -> Pair:
    """Both networks with the same random parameters, and random examples."""
    rng = np.random.default_rng(case.seed)
    oracle = Mlp(
        build([case.n_inputs, *case.hidden, case.n_classes], rng, normalise=case.batch_normalisation),
        activation=case.activation,
        dropout=[case.rate] * len(case.hidden),
        momentum=case.momentum,
        bn_epsilon=case.bn_epsilon,
        learning_rate=case.learning_rate,
        settings=case.settings,
    )
    for tensor in oracle.parameters():
        tensor[...] = tensor.astype(np.float32)
    network = network_of(case, groups)
    network.set_parameters([p.astype(np.float32) for p in oracle.parameters()])
    shape = (case.n_examples, case.n_inputs)
    features = (rng.uniform(0.1, 1, shape) * (rng.random(shape) < case.lit)).astype(np.float32)
    labels = rng.integers(0, case.n_classes, case.n_examples).astype(np.int32)
    return Pair(case, network, oracle, features, labels, rng.permutation(case.n_examples).astype(np.int64))


def distance(ours: list[Float32Array], theirs: list[npt.NDArray[np.float64]], *, least_scale: float = 0.0) -> float:
    """Largest difference of two lists of tensors, over the largest value of theirs, or over a least scale."""
    scale = max(least_scale, *(float(np.abs(t).max()) for t in theirs))
    return max(float(np.abs(a - b).max()) for a, b in zip(ours, theirs, strict=True)) / scale

"""What every layer does in an epoch, by the oracle: from the equations of records.LayerDiagnostics."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from oracle.mlp import Array, activation
from oracle.pair import Pair


def measured_steps(n_examples: int, batch: int) -> list[int]:
    """K = min(8, max(1, F // 32)) of F full batches: numbers floor(i F / K), counted from 1."""
    full = max(1, n_examples // batch)
    k = min(8, max(1, full // 32))
    return [i * full // k - 1 for i in range(1, k + 1)]


@dataclass
class Measured:
    """What the measured steps showed of one layer."""

    gradient: list[float] = field(default_factory=list)
    weight: list[float] = field(default_factory=list)
    ratio: list[float] = field(default_factory=list)
    h: list[Array] = field(default_factory=list)

    def numbers(self, name: str) -> list[float]:
        """In the order of LayerDiagnostics."""
        h = np.concatenate(self.h)
        f = activation(name)
        dead = (f.slope(h) < 0.01 * f.steepest).all(axis=0)
        means = [float(np.mean(values)) for values in (self.gradient, self.weight, self.ratio)]
        return [*means, float(dead.mean()), float(h.mean()), float(h.std())]


def train_and_measure(pair: Pair) -> npt.NDArray[np.float64]:
    """Train the oracle for an epoch; return its diagnostics, shape ``(layer, 6)``."""
    case, oracle = pair.case, pair.oracle
    steps = measured_steps(len(pair.order), case.batch)
    measured = [Measured() for _ in oracle.layers]
    for step, start in enumerate(range(0, len(pair.order), case.batch)):
        rows = pair.order[start : start + case.batch]
        rows = rows[np.argsort(pair.labels[rows], kind="stable")]
        x, labels, masks = pair.features[rows].astype(np.float64), pair.labels[rows], pair.masks(len(rows))
        before = copy.deepcopy(oracle)
        oracle.train_step(x, labels, masks)
        if step not in steps:
            continue
        _, memories = copy.deepcopy(before).forward(x, training=True, masks=masks)
        _, gradients = copy.deepcopy(before).gradients(x, labels, masks)
        named = {id(tensor): g for tensor, g in zip(before.trainable(), gradients, strict=True)}
        for layer, old, new, memory in zip(measured, before.layers, oracle.layers, memories, strict=True):
            layer.gradient.append(float(np.linalg.norm(named[id(old.kernel)])))
            layer.weight.append(float(np.linalg.norm(old.kernel)))
            layer.ratio.append(float(np.linalg.norm(new.kernel - old.kernel) / np.linalg.norm(old.kernel)))
            layer.h.append(memory.h)
    names = [case.activation] * (len(measured) - 1) + ["linear"]
    return np.array([layer.numbers(name) for layer, name in zip(measured, names, strict=True)])

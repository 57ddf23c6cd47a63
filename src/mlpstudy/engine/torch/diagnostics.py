"""What every layer does in an epoch, read beside autograd."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

from mlpstudy.engine.run.diagnostics import measured_steps
from mlpstudy.records import LayerDiagnostics

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from mlpstudy.engine.torch.network import MultilayerPerceptron

DEAD_BELOW = 0.01
"""A slope below that share of the largest passes (nearly) nothing back."""


class _Totals:
    """Sums over the measured steps of one layer."""

    def __init__(self) -> None:
        self.gradient_norm = self.weight_norm = self.update_ratio = 0.0
        self.n = 0
        self.sum = self.square = 0.0
        self.alive: Tensor | None = None

    def add_activations(self, h: Tensor, slopes: Tensor, largest: float) -> None:
        """Add the activations of a batch, shape ``(batch, width)``."""
        self.n += h.numel()
        self.sum += float(h.sum())
        self.square += float(h.square().sum())
        alive = ~(slopes < DEAD_BELOW * largest)
        self.alive = alive.any(0) if self.alive is None else self.alive | alive.any(0)

    def add_update(self, gradient: Tensor, before: Tensor, change: Tensor) -> None:
        """Add a step's gradient, the kernel before it, and what it has taken off the kernel."""
        weight_norm, update_norm = float(before.norm()), float(change.norm())
        self.gradient_norm += float(gradient.norm())
        self.weight_norm += weight_norm
        self.update_ratio += update_norm / weight_norm if weight_norm else math.inf if update_norm else 0.0

    def of(self, epoch: int, layer: str, n_steps: int) -> LayerDiagnostics:
        """Return the means."""
        mean = self.sum / self.n
        variance = self.square / self.n - mean * mean
        return LayerDiagnostics(
            epoch=epoch,
            layer=layer,
            gradient_norm=self.gradient_norm / n_steps,
            weight_norm=self.weight_norm / n_steps,
            update_ratio=self.update_ratio / n_steps,
            dead_share=1.0 if self.alive is None else 1.0 - float(self.alive.double().mean()),
            activation_mean=mean,
            activation_std=math.sqrt(variance) if variance > 0 else variance * 0.0,
        )


class Recorder:
    """Reads a module on a few steps of an epoch, in float64, and changes nothing in it.

    Args:
        module: what is being trained.
        changes: returns what the optimiser's last step has taken off each parameter, in their order.
    """

    def __init__(self, module: MultilayerPerceptron, changes: Callable[[], Sequence[Tensor]]) -> None:
        self._module = module
        self._changes = changes
        self._parameters = dict(module.named_parameters())
        self._layers = tuple(module.activations)
        self._before: dict[str, Tensor] = {}
        self.start(1, 1)

    def start(self, n_examples: int, batch_size: int) -> None:
        """Forget the last epoch, also one that ended in the middle of a step."""
        self._module.watch = None
        self._steps = measured_steps(n_examples, batch_size)
        self._totals = {layer: _Totals() for layer in self._layers}
        self._n_seen = self._n_measured = 0

    def before_step(self) -> None:
        """Look at the module where the coming step is one of the measured."""
        self._n_seen += 1
        if self._n_seen - 1 in self._steps:
            self._before = {layer: _exact(self._parameters[f"{layer}.kernel"]) for layer in self._layers}
            self._module.watch = self._watch

    def after_step(self, gradients: Sequence[Tensor]) -> None:
        """Take the gradients of the parameters, in their order, once they have been applied."""
        if self._module.watch is None:
            return
        self._module.watch = None
        by_name = dict(zip(self._parameters, zip(gradients, self._changes(), strict=True), strict=True))
        for layer, totals in self._totals.items():
            gradient, change = by_name[f"{layer}.kernel"]
            totals.add_update(_exact(gradient), self._before[layer], _exact(change))
        self._n_measured += 1

    def result(self, epoch: int) -> tuple[LayerDiagnostics, ...]:
        """Return the diagnostics of each layer from the first; none where nothing was measured."""
        if not self._n_measured:
            return ()
        return tuple(totals.of(epoch, layer, self._n_measured) for layer, totals in self._totals.items())

    def _watch(self, layer: str, h: Tensor) -> None:
        activation = self._module.activations[layer]
        self._totals[layer].add_activations(_exact(h), _exact(activation.slope(h.detach())), activation.steepest)


def _exact(tensor: Tensor) -> Tensor:
    """Copy to float64 on the CPU; not every device has float64."""
    return tensor.detach().cpu().to(torch.float64, copy=True)

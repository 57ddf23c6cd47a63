"""A multilayer perceptron as a PyTorch module, layer by layer as the study describes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from mlpstudy.engine.torch.layers.activations import ACTIVATIONS
from mlpstudy.engine.torch.layers.batchnorm import BatchNormalization
from mlpstudy.engine.torch.layers.dense import Dense
from mlpstudy.engine.torch.layers.dropout import Dropout

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlpstudy.records import Weights
    from mlpstudy.study import Network


class MultilayerPerceptron(nn.Module):
    """Hidden layers of dense, activation, batch normalisation, dropout; then a dense layer: returns logits.

    Parameters and buffers have the names of the study's tensors (``hidden_1.kernel``).

    ``watch``, where it is set, is called with the name and the activations of each dense layer.

    Args:
        network: the settings.
        weights: the tensors that it starts from; they are copied.
        generator: where dropout masks are drawn from.

    >>> from mlpstudy.engine.run.initial_weights import initial_weights
    >>> from mlpstudy.study import Network
    >>> network = Network(hidden=(4,), batch_normalisation=True)
    >>> weights = initial_weights(network, 3, 2, study_seed=0, seed=0)
    >>> module = MultilayerPerceptron(network, weights, torch.Generator())
    >>> module(torch.zeros(5, 3)).shape, sum(p.numel() for p in module.parameters())
    (torch.Size([5, 2]), 34)
    """

    def __init__(self, network: Network, weights: Weights, generator: torch.Generator) -> None:
        super().__init__()
        self.activation = network.activation
        self._activation = ACTIVATIONS[network.activation].value
        self.watch: Callable[[str, Tensor], None] | None = None
        self.tensor_names = tuple(weights)
        self.n_features = weights["hidden_1.kernel"].shape[0]
        self.n_classes = weights["output.bias"].shape[0]
        tensors = {name: torch.tensor(tensor) for name, tensor in weights.items()}

        def dense(name: str) -> Dense:
            return Dense(tensors[f"{name}.kernel"], tensors[f"{name}.bias"])

        def batchnorm(name: str) -> BatchNormalization:
            return BatchNormalization(
                tensors[f"{name}.gamma"],
                tensors[f"{name}.beta"],
                tensors[f"{name}.moving_mean"],
                tensors[f"{name}.moving_variance"],
                momentum=network.bn_momentum,
                epsilon=network.bn_epsilon,
            )

        for i in range(1, len(network.hidden) + 1):
            self.add_module(f"hidden_{i}", dense(f"hidden_{i}"))
            if network.batch_normalisation:
                self.add_module(f"batchnorm_{i}", batchnorm(f"batchnorm_{i}"))
            if network.dropout > 0:
                self.add_module(f"dropout_{i}", Dropout(network.dropout, generator))
        self.add_module("output", dense("output"))

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits, shape ``(batch, n_classes)``."""
        for name, layer in self.named_children():
            x = layer(x)
            if name.startswith("hidden"):
                x = self._activation(x)
            if self.watch is not None and isinstance(layer, Dense):
                self.watch(name, x)
        return x

    def weights(self) -> Weights:
        """Return copies of all tensors by name, in the order of the layers."""
        tensors = dict(self.named_parameters()) | dict(self.named_buffers())
        return {name: tensors[name].detach().cpu().numpy().copy() for name in self.tensor_names}

    @torch.no_grad()
    def is_finite(self) -> bool:
        """Say whether all tensors are finite, moving statistics among them."""
        tensors = [*self.parameters(), *self.buffers()]
        return bool(torch.stack([tensor.isfinite().all() for tensor in tensors]).all())

    @torch.no_grad()
    def set_weights(self, weights: Weights) -> None:
        """Take over all tensors by name.

        Raises:
            ValueError: a tensor has another shape.
        """
        tensors = dict(self.named_parameters()) | dict(self.named_buffers())
        for name in self.tensor_names:
            if tuple(tensors[name].shape) != weights[name].shape:
                message = f"{name} must have the shape {tuple(tensors[name].shape)}, got {weights[name].shape}"
                raise ValueError(message)
            tensors[name].copy_(torch.tensor(weights[name]))

"""A multilayer perceptron as a PyTorch module, layer by layer as the study describes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from mlpstudy.engine.torch.layers.activations import ACTIVATIONS
from mlpstudy.engine.torch.layers.batchnorm import BatchNormalization
from mlpstudy.engine.torch.layers.dense import Dense
from mlpstudy.engine.torch.layers.dropout import Dropout
from mlpstudy.study import layers_of

if TYPE_CHECKING:
    from mlpstudy.arrays import Weights
    from mlpstudy.study import Network

LAYERS: dict[str, Callable[[Mapping[str, Tensor], Network, torch.Generator], nn.Module]] = {
    "Dense": lambda of, *_: Dense(of["kernel"], of["bias"]),
    "BatchNormalization": lambda of, network, _: BatchNormalization(
        **of, momentum=network.bn_momentum, epsilon=network.bn_epsilon
    ),
    "Dropout": lambda _, network, generator: Dropout(network.dropout, generator),
}
"""How each kind of layer is made of its tensors, the network's settings and the generator of dropout masks."""


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
        self.watch: Callable[[str, Tensor], None] | None = None
        table = layers_of(network, weights)
        self.tensor_names = tuple(tensor.name for layer in table for tensor in layer.tensors)
        self.n_features, self.n_classes = table[0].tensors[0].shape[0], table[-1].width
        self.activations = {layer.name: ACTIVATIONS[layer.activation] for layer in table if layer.activation}
        for layer in table:
            tensors = {tensor.kind: torch.tensor(weights[tensor.name]) for tensor in layer.tensors}
            self.add_module(layer.name, LAYERS[layer.kind](tensors, network, generator))

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits, shape ``(batch, n_classes)``."""
        for name, layer in self.named_children():
            x = layer(x)
            if name in self.activations:
                x = self.activations[name].value(x)
                if self.watch is not None:
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

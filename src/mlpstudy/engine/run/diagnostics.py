"""Which layers and which steps diagnostics are of: the same for every engine (records.LayerDiagnostics)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlpstudy.study import Layer

MOST_STEPS = 8
"""Steps that are measured in a long epoch."""
STEPS_FOR_EACH = 32
"""Full batches of an epoch that pay for measuring one of them: measuring costs less than a step does."""


def dense_layers(table: Iterable[Layer]) -> tuple[str, ...]:
    """Return the names of the dense layers, from the first.

    >>> from mlpstudy.study import Network, layers
    >>> dense_layers(layers(Network(hidden=(4,), batch_normalisation=True), 3, 2))
    ('hidden_1', 'output')
    """
    return tuple(layer.name for layer in table if layer.kind == "Dense")


def measured_steps(n_examples: int, batch_size: int) -> tuple[int, ...]:
    """Return the steps of an epoch that are measured, counted from 0; the last full batch is always one of them.

    >>> measured_steps(60_000, 128)
    (57, 116, 174, 233, 291, 350, 408, 467)
    >>> measured_steps(500, 128), measured_steps(50, 128)
    ((2,), (0,))
    """
    n_full = max(1, n_examples // batch_size)
    n_measured = min(MOST_STEPS, max(1, n_full // STEPS_FOR_EACH))
    return tuple((i + 1) * n_full // n_measured - 1 for i in range(n_measured))

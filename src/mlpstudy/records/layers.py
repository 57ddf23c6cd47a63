"""What the layers of a run were measured to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LayerDiagnostics:
    """What one layer of one run did in one epoch, where ``training.diagnostics`` is on.

    With W the layer's kernel before a step, g the gradient of the batch's mean loss with respect to it, dW what the
    optimiser takes off it (Adam: alpha m / (sqrt(v) + epsilon)), before the difference is rounded to float32, and
    h = f(x W + b) its activations in training mode, before batch normalisation and dropout (of the output layer: its
    logits), over the measured steps S of the epoch:

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

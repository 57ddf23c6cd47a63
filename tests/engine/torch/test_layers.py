"""The torch engine's layers, loss and optimiser compute what their equations say."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch

from mlpstudy.engine.run.initial_weights import initial_weights
from mlpstudy.engine.torch.layers.batchnorm import BatchNormalization
from mlpstudy.engine.torch.layers.dropout import Dropout
from mlpstudy.engine.torch.losses.cross_entropy import cross_entropy
from mlpstudy.engine.torch.network import MultilayerPerceptron
from mlpstudy.engine.torch.optimisers.adam import Adam
from mlpstudy.study import Network, Training
from mlpstudy.study.network.activations import ACTIVATIONS

RNG = np.random.default_rng


def _batchnorm(width: int, momentum: float = 0.99, epsilon: float = 1e-3) -> BatchNormalization:
    ones, zeros = torch.ones(width), torch.zeros(width)
    return BatchNormalization(
        ones.clone(), zeros.clone(), zeros.clone(), ones.clone(), momentum=momentum, epsilon=epsilon
    )


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("batch_normalisation", [False, True])
def test_gradients_against_finite_differences(activation: str, *, batch_normalisation: bool) -> None:
    """Every gradient of every layer equals the central difference of the loss in float64."""
    network = Network.model_validate(
        {"hidden": (5, 4), "activation": activation, "batch_normalisation": batch_normalisation}
    )
    weights = initial_weights(network, 6, 3, study_seed=0, seed=0)
    module = MultilayerPerceptron(network, weights, torch.Generator()).double().train()
    x = torch.from_numpy(RNG(1).normal(size=(9, 6)))
    labels = torch.from_numpy(RNG(2).integers(0, 3, 9))
    named = dict(module.named_parameters())
    with torch.no_grad():
        for w in named.values():  # away from biases of 0, where a ReLU's derivative is not defined
            w.add_(torch.from_numpy(RNG(3).normal(0, 0.3, w.shape)))

    def loss() -> torch.Tensor:
        return cross_entropy(torch.softmax(module(x), dim=1), labels).mean()

    gradients = torch.autograd.grad(loss(), list(named.values()))
    step = 1e-6
    for (name, w), gradient in zip(named.items(), gradients, strict=True):
        for i in itertools.islice(np.ndindex(w.shape), 12):
            with torch.no_grad():
                w[i] += step
                above = loss().item()
                w[i] -= 2 * step
                below = loss().item()
                w[i] += step
            assert gradient[i].item() == pytest.approx((above - below) / (2 * step), abs=1e-8), name


def test_batch_normalisation_in_training() -> None:
    """Outputs have mean beta and standard deviation gamma sqrt(var / (var + epsilon)); var is the biased one."""
    bn = _batchnorm(3).double()
    with torch.no_grad():
        bn.gamma.copy_(torch.tensor([1.0, 2.0, 0.5]))
        bn.beta.copy_(torch.tensor([0.0, -1.0, 3.0]))
    x = RNG(0).normal(4.0, 0.3, (7, 3))
    y = bn(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(y.mean(axis=0), [0.0, -1.0, 3.0], atol=1e-12)
    variance = x.var(axis=0)
    np.testing.assert_allclose(y.std(axis=0), np.array([1.0, 2.0, 0.5]) * np.sqrt(variance / (variance + 1e-3)))


def test_batch_normalisation_moving_averages() -> None:
    """Moving statistics are exponential averages of mean and biased variance; inference uses them."""
    bn = _batchnorm(2, momentum=0.9).double()
    batches = RNG(0).normal(2.0, 3.0, (5, 6, 2))
    mean, variance = np.zeros(2), np.ones(2)
    for batch in batches:
        bn(torch.from_numpy(batch))
        mean = 0.9 * mean + 0.1 * batch.mean(axis=0)
        variance = 0.9 * variance + 0.1 * batch.var(axis=0)
    np.testing.assert_allclose(bn.moving_mean.numpy(), mean, rtol=1e-12)
    np.testing.assert_allclose(bn.moving_variance.numpy(), variance, rtol=1e-12)
    y = bn.eval()(torch.from_numpy(batches[0])).detach().numpy()
    np.testing.assert_allclose(y, (batches[0] - mean) / np.sqrt(variance + 1e-3), rtol=1e-9)
    np.testing.assert_allclose(bn.moving_mean.numpy(), mean, rtol=1e-12)


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_dropout_masks(rate: float) -> None:
    """A share of 1 - rate is kept, the mean stays, units, rows and steps are independent; inference does nothing."""
    dropout = Dropout(rate, torch.Generator().manual_seed(5)).train()
    x = torch.ones(400, 500)
    first, second = dropout(x).numpy(), dropout(x).numpy()
    kept = first > 0
    np.testing.assert_allclose(np.unique(first), [0.0, 1 / (1 - rate)], rtol=1e-6)
    share = math.sqrt(rate * (1 - rate))
    assert abs(kept.mean() - (1 - rate)) < 4.5 * share / math.sqrt(kept.size)
    assert abs(first.mean() - 1.0) < 4.5 * share / (1 - rate) / math.sqrt(kept.size)
    shifted = ((kept[1:], kept[:-1]), (kept[:, 1:], kept[:, :-1]), (kept, second > 0))
    for a, b in shifted:
        correlation = np.corrcoef(a.ravel(), b.ravel())[0, 1]
        assert abs(correlation) < 4.5 / math.sqrt(a.size)
    assert torch.equal(dropout.eval()(x), x)


def test_loss_and_its_gradient() -> None:
    """The loss is -ln p_true with gradient p - onehot; beyond the clip it is constant and its gradient zero."""
    logits = torch.tensor(
        [[0.3, -0.2, 1.0], [0.0, 20.0, 0.0], [20.0, 0.0, 0.0]], dtype=torch.float64, requires_grad=True
    )
    labels = torch.tensor([2, 0, 0])
    losses = cross_entropy(torch.softmax(logits, dim=1), labels)
    (gradient,) = torch.autograd.grad(losses.sum(), [logits])
    p = np.exp([0.3, -0.2, 1.0]) / np.exp([0.3, -0.2, 1.0]).sum()
    np.testing.assert_allclose(losses.detach().numpy(), [-np.log(p[2]), -np.log(1e-7), -np.log1p(-1e-7)], rtol=1e-9)
    np.testing.assert_allclose(gradient[0].numpy(), p - np.array([0.0, 0.0, 1.0]), rtol=1e-12)
    assert not gradient[1:].any()


def test_adam_follows_its_equations() -> None:
    """Twenty falling steps equal the published recursion with Keras's epsilon, which is large enough here to matter."""
    training = Training(beta_1=0.8, beta_2=0.95, epsilon=0.05)
    gradients, rates = RNG(3).normal(0, 0.1, (20, 4)), np.geomspace(0.01, 0.001, 20).tolist()
    w = torch.zeros(4, dtype=torch.float64)
    adam = Adam([w], training)
    expected, m, v = np.zeros(4), np.zeros(4), np.zeros(4)
    for t, g in enumerate(gradients, start=1):
        adam.step([torch.from_numpy(g)], rates[t - 1])
        m = 0.8 * m + 0.2 * g
        v = 0.95 * v + 0.05 * g**2
        corrected = m / (1 - 0.8**t), np.sqrt(v / (1 - 0.95**t))
        expected -= rates[t - 1] * corrected[0] / (corrected[1] + 0.05 / np.sqrt(1 - 0.95**t))
    np.testing.assert_allclose(w.numpy(), expected, rtol=1e-10)

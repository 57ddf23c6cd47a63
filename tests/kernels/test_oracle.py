"""The yardstick itself: its gradients against finite differences, its random numbers against published ones."""

from __future__ import annotations

import numpy as np
import pytest

from oracle.mlp import Mlp, build
from oracle.pair import ACTIVATIONS
from oracle.philox import philox

STEP = 1e-6


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("normalise", [False, True])
@pytest.mark.parametrize("rate", [0.0, 0.4])
def test_gradients_are_finite_differences(activation: str, *, normalise: bool, rate: float) -> None:
    """Every element of every gradient is the slope of the mean loss, for every kind of layer."""
    rng = np.random.default_rng(3)
    network = Mlp(build([5, 4, 3, 3], rng, normalise=normalise), activation=activation, dropout=[rate, rate])
    x, labels = rng.normal(size=(7, 5)), rng.integers(0, 3, 7).astype(np.int32)
    masks = [rng.random((7, n)) >= rate for n in (4, 3)]
    _, gradients = network.gradients(x, labels, masks)
    for tensor, gradient in zip(network.trainable(), gradients, strict=True):
        for index in np.ndindex(tensor.shape):
            kept, loss = tensor[index], {}
            for sign in (-1, 1):
                tensor[index] = kept + sign * STEP
                loss[sign] = network.gradients(x, labels, masks)[0].mean()
            tensor[index] = kept
            assert (loss[1] - loss[-1]) / (2 * STEP) == pytest.approx(gradient[index], abs=1e-8, rel=1e-5)


def test_gradient_is_zero_where_the_probability_is_clipped() -> None:
    """An example whose true probability lies outside [1e-7, 1 - 1e-7] moves nothing."""
    network = Mlp(build([2, 3], np.random.default_rng(0)))
    network.layers[0].kernel[:] = np.array([[40.0, 0, 0], [0, 0, 0]])
    x = np.array([[1.0, 0], [1.0, 0]])
    _, gradients = network.gradients(x, np.array([0, 1], np.int32))
    assert not any(g.any() for g in gradients)


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_gives_the_published_words(
    counter: tuple[int, int, int, int], key: tuple[int, int], words: tuple[int, int, int, int]
) -> None:
    """The known answers that the authors publish with Random123."""
    c0, c1, c2, c3 = (np.array([word], np.uint64) for word in counter)
    assert tuple(int(word[0]) for word in philox((c0, c1, c2, c3), key)) == words

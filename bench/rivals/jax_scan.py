"""JAX as one writes it by hand for speed: an epoch is one compiled ``lax.scan`` over its batches, Adam from Optax.

python -m bench.rivals.jax_scan
"""

from __future__ import annotations

import argparse
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from bench.rivals.mnist import N_CLASSES, load
from bench.rivals.turns import Turns

if TYPE_CHECKING:
    from mlpstudy.study import Architecture, Network

Tree = Any
"""Nested lists and dictionaries of arrays."""


class State(NamedTuple):
    """What an epoch changes."""

    parameters: Tree
    moving: Tree
    adam: Tree
    key: Tree


def initial(network: Network, n_features: int, key: Tree) -> tuple[Tree, Tree]:
    """Return the layers' parameters and the moving averages of batch normalisation."""
    parameters, moving = [], []
    widths = (n_features, *network.hidden, N_CLASSES)
    for i, (fan_in, width) in enumerate(pairwise(widths)):
        key, own = jax.random.split(key)
        if i == len(network.hidden):
            kernel = jax.nn.initializers.glorot_uniform()(own, (fan_in, width))
        else:
            setting = network.initial_weights.other_hidden if i else network.initial_weights.first_hidden
            kernel = jax.random.normal(own, (fan_in, width)) * setting.standard_deviation(fan_in, width)
        layer = {"w": kernel, "b": jnp.zeros(width)}
        if network.batch_normalisation and i < len(network.hidden):
            layer |= {"gamma": jnp.ones(width), "beta": jnp.zeros(width)}
            moving.append({"mean": jnp.zeros(width), "variance": jnp.ones(width)})
        parameters.append(layer)
    return parameters, moving


def logits(network: Network, parameters: Tree, moving: Tree, x: Tree, key: Tree | None) -> tuple[Tree, Tree]:
    """Return the logits and the new moving averages; in inference mode where the key is None."""
    new = []
    for i, layer in enumerate(parameters[:-1]):
        x = jax.nn.relu(x @ layer["w"] + layer["b"])
        if network.batch_normalisation:
            mean, variance = moving[i]["mean"], moving[i]["variance"]
            if key is not None:
                rho = network.bn_momentum
                mean, variance = x.mean(axis=0), x.var(axis=0)
                average = (
                    rho * moving[i]["mean"] + (1 - rho) * mean,
                    rho * moving[i]["variance"] + (1 - rho) * variance,
                )
                new.append(dict(zip(("mean", "variance"), average, strict=True)))
            x = (x - mean) * jax.lax.rsqrt(variance + network.bn_epsilon) * layer["gamma"] + layer["beta"]
        if network.dropout and key is not None:
            kept = jax.random.bernoulli(jax.random.fold_in(key, i), 1 - network.dropout, x.shape)
            x = jnp.where(kept, x / (1 - network.dropout), 0.0)
    return x @ parameters[-1]["w"] + parameters[-1]["b"], new


def cross_entropy(z: Tree, labels: Tree) -> Tree:
    """Return the mean loss."""
    return optax.softmax_cross_entropy_with_integer_labels(z, labels).mean()


def compiled(architecture: Architecture, x: Tree, y: Tree, x_test: Tree, y_test: Tree) -> tuple[Any, State]:
    """Compile an epoch with its validation; return it and the state to start from."""
    network, training = architecture.network, architecture.training
    adam = optax.adam(training.learning_rate, training.beta_1, training.beta_2, training.epsilon)
    n, size = len(x), training.batch_size
    n_full = n // size

    def loss(parameters: Tree, moving: Tree, rows: Tree, key: Tree) -> tuple[Tree, Tree]:
        z, new = logits(network, parameters, moving, x[rows], key)
        return cross_entropy(z, y[rows]), new

    def step(state: State, rows: Tree) -> tuple[State, Tree]:
        key, own = jax.random.split(state.key)
        (value, moving), gradient = jax.value_and_grad(loss, has_aux=True)(state.parameters, state.moving, rows, own)
        updates, adam_state = adam.update(gradient, state.adam)
        return State(optax.apply_updates(state.parameters, updates), moving, adam_state, key), value

    @partial(jax.jit, donate_argnums=0)
    def epoch(state: State, order: Tree) -> tuple[State, Tree, Tree, Tree]:
        state, losses = jax.lax.scan(step, state, order[: n_full * size].reshape(n_full, size))
        if n % size:
            state, _ = step(state, order[n_full * size :])
        z, _ = logits(network, state.parameters, state.moving, x_test, None)
        return state, losses.mean(), cross_entropy(z, y_test), (z.argmax(axis=1) == y_test).mean()

    parameters, moving = initial(network, x.shape[1], jax.random.key(0))
    state = State(parameters, moving, adam.init(parameters), jax.random.key(1))
    return epoch.lower(state, jnp.zeros(n, jnp.int32)).compile(), state


def main() -> None:
    """Train all networks in one process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    turns = Turns(parser)
    train, test = load("train", turns.options.share), load("t10k", turns.options.share)
    data = [jnp.asarray(a) for a in (train.x, train.y, test.x, test.y)]
    turns.ready(JAX=jax.__version__, Optax=optax.__version__)
    rng = np.random.default_rng(0)
    for architecture in turns.networks():
        with turns.step(architecture.name, "set-up"):
            epoch, state = compiled(architecture, *data)
        for i in range(turns.options.epochs):
            turns.begin()
            state, _, _, accuracy = epoch(state, jnp.asarray(rng.permutation(len(train.x)).astype(np.int32)))
            turns.end(architecture.name, f"epoch {i + 1}", float(accuracy))


if __name__ == "__main__":
    main()

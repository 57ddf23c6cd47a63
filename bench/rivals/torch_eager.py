"""PyTorch eager as one writes it by hand for speed: tensors in memory, no data loader, fused Adam.

    python -m bench.rivals.torch_eager --flush --at-once 2

``--at-once 1`` trains one network after the other with all cores inside its operations. ``--at-once 2`` trains two
copies at a time in two processes of one thread each, which is how two cores are used best; a step then counts half.
Flush-to-zero is a setting of each thread that threads inherit, so it is set before PyTorch makes any.
"""

from __future__ import annotations

import argparse
import multiprocessing
from typing import TYPE_CHECKING, Any

import torch
from bench.rivals.mnist import N_CLASSES, load
from bench.rivals.turns import Turns
from torch import nn

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from mlpstudy.study import Architecture


def torch_model(architecture: Architecture, n_features: int) -> nn.Sequential:
    """Return the network from PyTorch's own layers."""
    network = architecture.network
    modules: list[nn.Module] = []
    fan_in = n_features
    for i, width in enumerate(network.hidden):
        dense = nn.Linear(fan_in, width)
        initializer = network.initial_weights.other_hidden if i else network.initial_weights.first_hidden
        nn.init.normal_(dense.weight, std=initializer.standard_deviation(fan_in, width))
        nn.init.zeros_(dense.bias)
        modules += [dense, nn.ReLU()]
        if network.batch_normalisation:
            modules.append(nn.BatchNorm1d(width, eps=network.bn_epsilon, momentum=1 - network.bn_momentum))
        if network.dropout:
            modules.append(nn.Dropout(network.dropout))
        fan_in = width
    output = nn.Linear(fan_in, N_CLASSES)
    nn.init.xavier_uniform_(output.weight)
    nn.init.zeros_(output.bias)
    return nn.Sequential(*modules, output)


class Fit:
    """One network being trained."""

    def __init__(self, architecture: Architecture, data: tuple[torch.Tensor, ...]) -> None:
        training = architecture.training
        self._x, self._y, self._x_test, self._y_test = data
        self._model = torch_model(architecture, self._x.shape[1])
        self._adam = torch.optim.Adam(
            self._model.parameters(),
            training.learning_rate,
            (training.beta_1, training.beta_2),
            training.epsilon,
            fused=True,
        )
        self._batch_size = training.batch_size

    def epoch(self) -> float:
        """Train one epoch; return the validation accuracy."""
        self._model.train()
        for rows in torch.split(torch.randperm(len(self._x)), self._batch_size):
            loss = nn.functional.cross_entropy(self._model(self._x[rows]), self._y[rows])
            self._adam.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
            self._adam.step()
        self._model.eval()
        with torch.no_grad():
            logits = self._model(self._x_test)
            nn.functional.cross_entropy(logits, self._y_test).item()
            return float((logits.argmax(dim=1) == self._y_test).float().mean())


def prepare(seed: int, n_threads: int, *, flush: bool, share: float) -> tuple[torch.Tensor, ...]:
    """Set what is set once in a process; return the data."""
    torch.set_flush_denormal(flush)
    torch.set_num_threads(n_threads)
    torch.manual_seed(seed)
    train, test = load("train", share), load("t10k", share)
    return (
        torch.from_numpy(train.x),
        torch.from_numpy(train.y).long(),
        torch.from_numpy(test.x),
        torch.from_numpy(test.y).long(),
    )


def work(pipe: Connection, seed: int, flush: bool, share: float) -> None:
    """A process of ``--at-once``: fit what the pipe says."""
    data = prepare(seed, 1, flush=flush, share=share)
    fit: Fit | None = None
    pipe.send(None)
    while (message := pipe.recv()) is not None:
        if message == "epoch" and fit is not None:
            pipe.send(fit.epoch())
        else:
            fit = Fit(message, data)
            pipe.send(None)


class Copies:
    """Several copies of a fit at once, each in a process of its own, behind the interface of one."""

    def __init__(self, n_copies: int, *, flush: bool, share: float) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipes: list[Any] = []
        for seed in range(n_copies):
            ours, theirs = context.Pipe()
            context.Process(target=work, args=(theirs, seed, flush, share), daemon=True).start()
            self._pipes.append(ours)
        for pipe in self._pipes:
            pipe.recv()

    def ask(self, message: object) -> Any:  # noqa: ANN401  # whatever was asked for
        """Tell all copies to do something; return the last one's answer when all have answered."""
        for pipe in self._pipes:
            pipe.send(message)
        answer = None
        for pipe in self._pipes:
            answer = pipe.recv()
        return answer

    def close(self) -> None:
        """Let the processes end."""
        for pipe in self._pipes:
            pipe.send(None)


def main() -> None:
    """Train all networks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flush", action="store_true", help="flush denormal numbers to zero")
    parser.add_argument("--at-once", type=int, default=2)
    turns = Turns(parser)
    options = turns.options
    if options.at_once == 1:
        data = prepare(0, multiprocessing.cpu_count(), flush=options.flush, share=options.share)
        turns.ready(PyTorch=torch.__version__)
        for architecture in turns.networks():
            with turns.step(architecture.name, "set-up"):
                fit = Fit(architecture, data)
            for epoch in range(options.epochs):
                turns.begin()
                turns.end(architecture.name, f"epoch {epoch + 1}", fit.epoch())
        return
    copies = Copies(options.at_once, flush=options.flush, share=options.share)
    turns.ready(PyTorch=torch.__version__)
    for architecture in turns.networks():
        turns.begin()
        copies.ask(architecture)
        turns.end(architecture.name, "set-up", share=1 / options.at_once)
        for epoch in range(options.epochs):
            turns.begin()
            turns.end(architecture.name, f"epoch {epoch + 1}", copies.ask("epoch"), share=1 / options.at_once)
    copies.close()


if __name__ == "__main__":
    main()

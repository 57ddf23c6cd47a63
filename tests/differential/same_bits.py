"""One training, done in many ways that must not change a bit of it.

Features of any scale that float32 has; compared up to the epoch that leaves a weight that is not finite, where a run
ends.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from unittest import mock

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from differential.against_oracle import new_trainer
from differential.configurations import Configuration, dense
from differential.report import Report
from mlpstudy.engine.interface import Engine, EpochTraining, Trainer
from mlpstudy.engine.native import _kernels
from mlpstudy.records import Examples


@dataclass(frozen=True)
class Way:
    """How a training is done.

    Attributes:
        name: for reports.
        n_threads: threads of each call.
        form: features dense, as CSR rows, or in turn.
        max_lit_share: of the native engine's networks, None for its default.
        diagnostics: turned on.
        is_carried: each epoch in a new trainer, which takes over the state.
        is_interleaved: evaluation, probabilities and diagnostics before each epoch, on examples that change.
        is_stopped: epochs are stopped on the way, and go on with what is left.
    """

    name: str
    n_threads: int = 1
    form: str = "dense"
    max_lit_share: float | None = None
    diagnostics: bool = False
    is_carried: bool = False
    is_interleaved: bool = False
    is_stopped: bool = False


PLAIN = Way("plain")
WAYS = (
    Way("2 threads", n_threads=2),
    Way("3 threads", n_threads=3),
    Way("4 threads", n_threads=4),
    Way("CSR", form="CSR"),
    Way("CSR and 3 threads", n_threads=3, form="CSR"),
    Way("dense and CSR in turn", n_threads=2, form="in turn"),
    Way("diagnostics", diagnostics=True),
    Way("a new trainer each epoch", is_carried=True),
    Way("evaluation between", is_interleaved=True),
    Way("stopped and gone on", is_stopped=True),
    Way("all of it", 3, "in turn", None, diagnostics=True, is_carried=True, is_interleaved=True, is_stopped=True),
)
LIT_WAYS = (
    Way("no zero skipped", max_lit_share=0.0),
    Way("half of the zeros skipped", max_lit_share=0.5),
    Way("every zero skipped", max_lit_share=9.0, n_threads=2, form="CSR"),
)


def check_bits(configuration: Configuration, engine: Engine) -> Report:
    """Compare every way with the plain one."""
    report = Report()
    expected = list(_trace(configuration, engine, PLAIN))
    for way in WAYS + (LIT_WAYS if engine.name == "native" else ()):
        found = list(_trace(configuration, engine, way))
        for epoch, (ours, plain) in enumerate(zip(found, expected, strict=False), start=1):
            for what, value in ours.items():
                error = 0.0 if value == plain[what] else 1.0
                report.compare(f"{way.name}, epoch {epoch}: {what} has other bits, which", error, 0.0)
        report.compare(f"{way.name}: the number of epochs until a weight is not finite", len(expected) - len(found), 0)
    return report


def _trace(configuration: Configuration, engine: Engine, way: Way) -> Iterator[dict[str, bytes]]:
    """Train in a way; yield all that an epoch leaves behind, by name, while it is finite."""
    watched = configuration.training.model_copy(update={"diagnostics": way.diagnostics})
    configuration = replace(configuration, training=watched)
    examples = configuration.examples(any_scale=True)
    forms = _forms(examples)
    with _skipping(way.max_lit_share):
        trainer = new_trainer(configuration, engine)
    for epoch in range(1, configuration.training.epochs + 1):
        if way.is_carried:
            with _skipping(way.max_lit_share):
                fresh = new_trainer(configuration, engine)
            fresh.restore(trainer.state())
            trainer = fresh
        given = forms[{"dense": 0, "CSR": 1, "in turn": epoch % 2}[way.form]]
        if way.is_interleaved:
            _look(trainer, forms, way.n_threads, epoch)
        order = configuration.order(epoch)
        if way.is_stopped:
            done = _train_with_stops(trainer, given, order, way.n_threads, configuration.training.batch_size)
        else:
            done = trainer.train_epoch(given, order, way.n_threads)
        left = {} if way.is_stopped else {"loss": _bits(done.loss), "accuracy": _bits(done.accuracy)}
        if not done.is_finite:
            return
        yield left | _left_behind(trainer, given, way.n_threads)


def _forms(examples: Examples) -> tuple[Examples, Examples]:
    return examples, Examples(csr_array(dense(examples)), examples.labels)


def _train_with_stops(
    trainer: Trainer, examples: Examples, order: npt.NDArray[np.int64], n_threads: int, batch_size: int
) -> EpochTraining:
    """Train an epoch that is asked to stop before it begins, then by another thread while it runs, to its end."""
    trainer.request_stop()
    delays_s = [0.0, 1e-4, 1e-3]
    while True:
        n_before = trainer.state().n_steps
        delay_s = delays_s.pop(0) if delays_s else None
        timer = None if delay_s is None else threading.Timer(delay_s, trainer.request_stop)
        if timer is not None:
            timer.start()
        done = trainer.train_epoch(examples, order, n_threads)
        if timer is not None:
            timer.join()
        if not done.stopped:
            return done
        order = order[(trainer.state().n_steps - n_before) * batch_size :]


def _look(trainer: Trainer, forms: tuple[Examples, Examples], n_threads: int, epoch: int) -> None:
    """Do what must leave no trace."""
    few = Examples(forms[0].features[: 1 + epoch], forms[0].labels[: 1 + epoch])
    for examples in (*forms, few, forms[0]):
        trainer.evaluate(examples, n_threads)
        trainer.probabilities(examples.features, n_threads)
    trainer.diagnostics(epoch)
    trainer.weights()
    trainer.state()


def _left_behind(trainer: Trainer, examples: Examples, n_threads: int) -> dict[str, bytes]:
    """Return evaluation, twice, as the second may be of prepared examples; probabilities; and the whole state."""
    first, again = (trainer.evaluate(examples, n_threads) for _ in range(2))
    state = trainer.state()
    return {
        "evaluation": _bits(*first),
        "second evaluation": _bits(*again),
        "probabilities": trainer.probabilities(examples.features, n_threads).tobytes(),
        "number of steps": _bits(state.n_steps),
    } | {name: tensor.tobytes() for name, tensor in state.tensors.items()}


def _bits(*numbers: float) -> bytes:
    return np.array(numbers, np.float64).tobytes()


@contextmanager
def _skipping(max_lit_share: float | None) -> Iterator[None]:
    """Let the native engine's networks skip hidden zeros below a share of the others."""
    if max_lit_share is None:
        yield
        return
    made = partial(_kernels.Network, max_lit_share=max_lit_share)
    with mock.patch.object(_kernels, "Network", made):
        yield

"""Trainers against the oracle: every step from the trainer's own state, and whole epochs at learning rate 0.

A tensor may be off by ``SLACK`` of its largest value, and by 30 times what float32 NumPy or random rounding are off.
Where that says nothing any more, and where rounding may decide on which side of a kink a value lies, nothing is
compared, and that is counted.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from differential.configurations import Configuration, dense
from differential.references import BELOW, BEYOND, EPS, References, masks, references, relative
from differential.report import Report
from mlpstudy.arrays import Weights
from mlpstudy.engine.interface import Engine, Trainer
from mlpstudy.records import Examples, TrainerState
from oracle.mlp import CLIP, OPTIMISERS, Array, Mlp, activation, cross_entropy, softmax

SLACK = 2e-5
"""Float32 rounding over a step; a wrong term is off by a hundredth or more."""
CONDITION = 30
N_STEPS = 3


class Batch(NamedTuple):
    """Rows of a batch in the order of their labels, in which the native engine's masks count them."""

    x: Array
    labels: npt.NDArray[np.int32]


def check_steps(configuration: Configuration, engine: Engine, jitter: int = 0) -> Report:
    """Compare steps of one batch each, and inference after them; the oracle starts each from the trainer's state."""
    report, (trainer, examples, rng) = Report(), _start(configuration, engine, jitter)
    rates = configuration.training.learning_rate * configuration.rng(4).uniform(0, 1, (N_STEPS, 1))
    for step in range(N_STEPS):
        n_rows = int(rng.integers(1, min(configuration.training.batch_size, configuration.n_examples) + 1))
        rows = rng.permutation(configuration.n_examples)[:n_rows].astype(np.int64)
        before = trainer.state()
        done = trainer.train_epoch(examples, rows, int(rng.integers(1, 4)), rates[step])
        after = trainer.state()
        copies = references(configuration, before)
        _compare_training(report, f"step {step + 1}:", configuration, copies, [_batch(examples, rows)], done, after)
        if not done.is_finite or report.faults:
            break
        _compare_update(report, f"step {step + 1}:", configuration, float(rates[step, 0]), before, after)
        _compare_inference(report, f"after step {step + 1}:", references(configuration, after), trainer, examples)
    return report


def check_epoch(configuration: Configuration, engine: Engine, jitter: int = 0) -> Report:
    """Compare a whole epoch at learning rate 0, in which nothing but moments and moving statistics change."""
    still = configuration.training.model_copy(update={"learning_rate": 0.0})
    configuration = replace(configuration, training=still)
    report, (trainer, examples, _) = Report(), _start(configuration, engine, jitter)
    order, size, before = configuration.order(1), still.batch_size, trainer.state()
    done = trainer.train_epoch(examples, order, 2)
    batches = [_batch(examples, order[i : i + size]) for i in range(0, len(order), size)]
    after, copies = trainer.state(), references(configuration, before)
    _compare_training(report, "epoch:", configuration, copies, batches, done, after)
    for name, tensor in before.tensors.items():
        if name.startswith("parameter/") and ".moving_" not in name:
            is_same = np.array_equal(tensor, after.tensors[name])
            report.expect(f"epoch: learning rate 0 leaves {name} as it was", is_so=is_same)
    return report


def _start(configuration: Configuration, engine: Engine, jitter: int) -> tuple[Trainer, Examples, np.random.Generator]:
    """Return a new trainer, as a study would make it or in the middle of training, and its examples."""
    rng = configuration.rng(2)
    examples = configuration.examples(any_scale=False)
    if jitter:
        x = dense(examples)
        shaken = x * (1 + 1e-3 * configuration.rng(10 + jitter).normal(size=x.shape))
        examples = Examples(np.ascontiguousarray(shaken, np.float32), examples.labels)
    trainer = new_trainer(configuration, engine)
    if rng.random() < 0.6:
        trainer.restore(_shuffled(trainer.state(), rng))
    return trainer, examples, rng


def new_trainer(configuration: Configuration, engine: Engine, weights: Weights | None = None) -> Trainer:
    """Return a trainer as a study makes it."""
    return engine.trainer(
        configuration.architecture,
        configuration.initial_weights() if weights is None else weights,
        n_classes=configuration.n_classes,
        image_shape=configuration.image_shape,
        dropout_key=configuration.dropout_key,
    )


def _shuffled(state: TrainerState, rng: np.random.Generator) -> TrainerState:
    """Return a state with nothing trivial in it: as after some steps."""
    tensors = dict(state.tensors)
    size = 10.0 ** rng.uniform(-4, 0)
    for name, tensor in tensors.items():
        drawn = rng.normal(size=tensor.shape)
        match name.split("/")[0], name.split(".")[-1]:
            case "generator", _:
                continue
            case "m", _:
                drawn = 0.1 * size * drawn
            case "v", _:
                drawn = size**2 * (0.1 + np.abs(drawn))
            case _, "kernel":
                drawn = tensor + 0.1 * drawn / np.sqrt(len(tensor))
            case _, "gamma" | "moving_variance":
                drawn = np.exp(0.3 * drawn)
            case _:
                drawn = 0.2 * drawn
        tensors[name] = drawn.astype(np.float32)
    return TrainerState(int(rng.choice([1, 7, 1000, 10**6])), tensors)


def _batch(examples: Examples, rows: npt.NDArray[np.int64]) -> Batch:
    rows = rows[np.argsort(examples.labels[rows], kind="stable")]
    return Batch(dense(examples)[rows].astype(np.float64), examples.labels[rows])


def _compare_training(
    report: Report,
    where: str,
    configuration: Configuration,
    copies: References,
    batches: Sequence[Batch],
    done: tuple[float, float, bool, bool],
    after: TrainerState,
) -> None:
    """Compare the means of one or more steps, then slots and moving statistics."""
    losses: list[list[Array]] = [[] for _ in copies.all]
    n_hits, n_open, is_open = 0, 0, False
    for batch in batches:
        drawn = masks(configuration, copies.exact.step, len(batch.x))
        for one, own in zip(copies.all, losses, strict=True):
            dtype = one.layers[0].kernel.dtype
            own.append(one.train_step(batch.x.astype(dtype), batch.labels, drawn))
        is_open |= _is_open(copies, batch.labels)
        hits, undecided = _hits(copies, batch.labels)
        n_hits, n_open = n_hits + hits, n_open + undecided
    if not _fits(copies):
        report.n_untold += 1
        return
    n = sum(len(batch.x) for batch in batches)
    _compare_means(report, where, (done[0], done[1] * n), (n_hits, n_open), [np.concatenate(own) for own in losses])
    for part in copies.exact.slots:
        tensors = [one.slots[part] for one in copies.all]
        names = [name for name in after.tensors if name.startswith(f"{part}/")]
        for i, name in enumerate(names):
            _compare_tensor(report, f"{where} {name}", after.tensors[name], [t[i] for t in tensors], is_open=is_open)
    for name, of in zip(_moving_names(after), zip(*(_moving(one) for one in copies.all), strict=True), strict=True):
        _compare_tensor(report, f"{where} {name}", after.tensors[name], list(of), is_open=False)


def _compare_tensor(
    report: Report, what: str, ours: npt.NDArray[np.generic], of: list[Array], *, is_open: bool
) -> None:
    """Compare a tensor with the copies' tensors, the exact one first."""
    scale = float(np.abs(of[0]).max())
    if is_open or 0 < scale < BELOW:
        report.n_untold += 1
        return
    limit = SLACK + CONDITION * max(relative(other, of[0]) for other in of[1:])
    report.compare(what, relative(ours.astype(np.float64), of[0]), limit)


def _compare_means(
    report: Report, where: str, ours: tuple[float, float], hits: tuple[int, int], losses: list[Array]
) -> None:
    """Compare a mean loss and a number of hits, some of which may be undecided."""
    exact, *others = (float(own.mean(dtype=np.float64)) for own in losses)
    limit = SLACK * max(1.0, exact) / 10 + CONDITION * max(abs(other - exact) for other in others)
    report.compare(f"{where} loss", abs(ours[0] - exact), limit)
    n_off = abs(ours[1] - hits[0])
    report.compare(f"{where} hits", n_off, hits[1] + 1e-6, tells_nothing=len(losses[0]))


def _compare_update(
    report: Report,
    where: str,
    configuration: Configuration,
    learning_rate: float,
    before: TrainerState,
    after: TrainerState,
) -> None:
    """Compare each weight with what its new slots make of it in a step of that size."""
    optimiser = OPTIMISERS[configuration.training.optimizer]
    settings = {key: getattr(configuration.training, key) for key in optimiser.settings}
    first = f"{optimiser.slots[0]}/"
    for name in (name.removeprefix(first) for name in after.tensors if name.startswith(first)):
        kept = (after.tensors[f"{slot}/{name}"].astype(np.float64) for slot in optimiser.slots)
        w, new = (state.tensors[f"parameter/{name}"].astype(np.float64) for state in (before, after))
        update = optimiser.change(settings, learning_rate, after.n_steps, *kept)
        allowed = 4 * EPS * np.maximum(np.abs(w), np.abs(new)) + SLACK * np.abs(update) + BELOW
        report.compare(
            f"{where} update of {name}", float((np.abs(w - update - new) / allowed).max()), 1.0, tells_nothing=1
        )


def _compare_inference(report: Report, where: str, copies: References, trainer: Trainer, examples: Examples) -> None:
    """Compare loss, hits and probabilities of all examples in inference mode."""
    x, labels = dense(examples).astype(np.float64), examples.labels
    with np.errstate(all="ignore"):
        p = [one.forward(x.astype(one.layers[0].kernel.dtype), training=False)[0] for one in copies.all]
    if not _fits(copies):
        report.n_untold += 1
        return
    evaluation = trainer.evaluate(examples, 2)
    ours = (evaluation.loss, evaluation.accuracy * len(labels))
    _compare_means(report, where, ours, _hits(copies, labels), [cross_entropy(one, labels) for one in p])
    limit = SLACK / 10 + CONDITION * max(float(np.abs(one - p[0]).max()) for one in p[1:])
    report.compare(
        f"{where} probabilities", float(np.abs(trainer.probabilities(examples.features, 2) - p[0]).max()), limit
    )


def _fits(copies: References) -> bool:
    """Say whether float32 can hold all that the copies have seen."""
    seen = [memory.z for one in copies.all for memory in one.seen]
    kept = [tensor for one in copies.all for tensor in (*itertools.chain(*one.slots.values()), *_moving(one))]
    return all(bool((np.abs(tensor) < BEYOND).all()) for tensor in (*seen, *kept))


def _hits(copies: References, labels: npt.NDArray[np.int32]) -> tuple[int, int]:
    """Return how many rows of the last pass are hits, and how many may be either: two probabilities are too close."""
    exact, *others = (softmax(one.seen[-1].z.astype(np.float64)) for one in copies.all)
    spread = CONDITION * max(float(np.abs(other - exact).max()) for other in others) + SLACK / 10
    first, second = np.sort(exact, axis=1)[:, :-3:-1].T
    is_open = first - second <= spread
    is_hit = exact.argmax(axis=1) == labels
    return int(is_hit.sum()), int(is_open.sum())


def _is_open(copies: References, labels: npt.NDArray[np.int32]) -> bool:
    """Say whether rounding may decide a gradient: at a kink of an activation, or where the loss is clipped."""
    p = [softmax(one.seen[-1].z.astype(np.float64))[np.arange(len(labels)), labels] for one in copies.all]
    low, high = np.min(p, axis=0), np.max(p, axis=0)
    margin = 8 * (high - low) + 1e-4 * CLIP
    if bool(((low - margin < CLIP) & (high + margin > CLIP)).any()) or float((1 - low).max()) < 1e-3:
        return True
    if not _has_kink(copies.exact.activation):
        return False
    hidden = zip(copies.exact.layers[:-1], *(one.seen[:-1] for one in copies.all), strict=True)
    for layer, exact, *others in hidden:
        bound = 4 * EPS * (np.abs(exact.x) @ np.abs(layer.kernel) + np.abs(layer.bias))
        spread = 8 * np.max([np.abs(other.z - exact.z) for other in others], axis=0)
        if bool((np.abs(exact.z) < bound + spread).any()):
            return True
    return False


def _has_kink(name: str) -> bool:
    """Say whether the slope jumps at 0."""
    f = activation(name)
    left, right = (f.slope(f.value(np.array([z]))) for z in (-1e-9, 1e-9))
    return bool(abs(left - right)[0] > 0.01)


def _moving(one: Mlp) -> list[Array]:
    norms = [layer.norm for layer in one.layers if layer.norm is not None]
    return [tensor for norm in norms for tensor in (norm.moving_mean, norm.moving_variance)]


def _moving_names(state: TrainerState) -> list[str]:
    return [name for name in state.tensors if ".moving_" in name]

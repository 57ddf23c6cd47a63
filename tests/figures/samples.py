"""Something to draw: a network trained in plain NumPy, curves of known shape, accuracies of known scatter."""

from __future__ import annotations

import itertools
import zlib
from functools import cache

import numpy as np
import numpy.typing as npt

from mlpstudy.figures import ArchitectureAccuracy, ArchitectureCurves, Band, RunCurves
from mlpstudy.records import EpochRecord, Provenance, RunRecord

Float32 = npt.NDArray[np.float32]
BATCHNORM = {"gamma": 1.0, "beta": 0.0, "moving_mean": 0.0, "moving_variance": 1.0}


@cache
def trained(seed: int = 0, hidden: tuple[int, ...] = (24, 12)) -> tuple[dict[str, Float32], dict[str, Float32]]:
    """Return initial and final weights of a small network with batch normalisation, trained for 60 steps of SGD."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(200, 30)).astype(np.float32)
    labels = (features[:, :3] @ rng.normal(size=(3, 4))).argmax(axis=1)
    initial = _start(rng, (30, *hidden, 4))
    w = {name: tensor.copy() for name, tensor in initial.items()}
    for _ in range(60):
        for name, gradient in _gradients(w, features, labels, len(hidden)).items():
            w[name] -= np.float32(0.05) * gradient.astype(np.float32)
    return initial, w


def _start(rng: np.random.Generator, widths: tuple[int, ...]) -> dict[str, Float32]:
    w: dict[str, Float32] = {}
    for i, (fan_in, fan_out) in enumerate(itertools.pairwise(widths), start=1):
        is_output = i == len(widths) - 1
        layer = "output" if is_output else f"hidden_{i}"
        w[f"{layer}.kernel"] = rng.normal(0, 0.2 * i, (fan_in, fan_out)).astype(np.float32)
        w[f"{layer}.bias"] = np.zeros(fan_out, np.float32)
        if not is_output:
            w |= {f"batchnorm_{i}.{name}": np.full(fan_out, value, np.float32) for name, value in BATCHNORM.items()}
    return w


def _gradients(w: dict[str, Float32], x: Float32, labels: npt.NDArray[np.int64], n: int) -> dict[str, Float32]:
    """Batch normalisation only scales and shifts here: its moving averages follow the activations."""
    inputs, h = [], x
    for i in range(1, n + 1):
        inputs.append(h)
        a = np.maximum(h @ w[f"hidden_{i}.kernel"] + w[f"hidden_{i}.bias"], 0)
        for name, value in (("moving_mean", a.mean(axis=0)), ("moving_variance", a.var(axis=0))):
            w[f"batchnorm_{i}.{name}"] += np.float32(0.05) * (value - w[f"batchnorm_{i}.{name}"])
        h = a * w[f"batchnorm_{i}.gamma"] + w[f"batchnorm_{i}.beta"]
    logits = h @ w["output.kernel"] + w["output.bias"]
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    g = p / len(labels)
    gradients = {"output.kernel": h.T @ g, "output.bias": g.sum(axis=0)}
    g = g @ w["output.kernel"].T
    for i in range(n, 0, -1):
        z = inputs[i - 1] @ w[f"hidden_{i}.kernel"] + w[f"hidden_{i}.bias"]
        gradients |= {f"batchnorm_{i}.gamma": (g * np.maximum(z, 0)).sum(axis=0), f"batchnorm_{i}.beta": g.sum(axis=0)}
        g = g * w[f"batchnorm_{i}.gamma"] * (z > 0)
        gradients |= {f"hidden_{i}.kernel": inputs[i - 1].T @ g, f"hidden_{i}.bias": g.sum(axis=0)}
        g = g @ w[f"hidden_{i}.kernel"].T
    return gradients


def run_curves(name: str = "plain-2", seed: int = 0, n_epochs: int = 20, *, level: float = 0.08) -> RunCurves:
    """Return curves that fall steeply, validation to a level and training to 0."""
    noise = np.random.default_rng([seed, zlib.crc32(name.encode())]).normal(0, 0.02, (2, n_epochs))
    epoch = np.arange(n_epochs)
    train = 0.3 * np.exp(-epoch / 3) * np.exp(noise[0])
    val = (level + 0.06 * np.exp(-epoch / 2) + 0.001 * epoch) * np.exp(noise[1])
    return RunCurves(name, seed, train, val)


def nine(n_seeds: int = 1) -> list[ArchitectureCurves]:
    """Return the curves of nine architectures of two factors."""
    found = []
    for regularisation in ("plain", "batchnorm", "batchnorm-dropout"):
        for depth in ("2", "3", "5"):
            name = f"{regularisation}-{depth}"
            runs = tuple(run_curves(name, seed) for seed in range(n_seeds))
            levels = (("regularisation", regularisation), ("depth", depth))
            found.append(ArchitectureCurves(name, levels, runs, *_bands(runs)))
    return found


def _bands(runs: tuple[RunCurves, ...]) -> tuple[Band | None, Band | None]:
    if len(runs) < 2:
        return None, None
    stacks = (np.stack([r.train_loss for r in runs]), np.stack([r.val_loss for r in runs]))
    train, val = (Band(s.mean(axis=0), s.min(axis=0), s.max(axis=0)) for s in stacks)
    return train, val


def many(n: int) -> list[ArchitectureCurves]:
    """Return the curves of many architectures of one factor with long names."""
    names = [f"a-level-with-a-long-name-that-says-what-it-is-{i}" for i in range(n)]
    return [ArchitectureCurves(name, (("level", name),), (run_curves(name),)) for name in names]


def accuracies(name: str, values: list[float], *, reference: float | None = None) -> ArchitectureAccuracy:
    """Return accuracies with their mean and, for several, the range as interval."""
    levels = tuple(zip(("regularisation", "depth"), name.rsplit("-", 1), strict=True))
    interval = (min(values), max(values)) if len(values) > 1 else None
    mean = float(np.mean(values)) if values else None
    seeds = tuple(range(len(values)))
    return ArchitectureAccuracy(name, levels, seeds, np.array(values), mean, interval, reference)


def record(*, diverged_epoch: int | None = None) -> RunRecord:
    """Return the record of a run of three epochs."""
    return RunRecord(
        run_id="0" * 16,
        architecture="plain-2",
        seed=7,
        status="finished" if diverged_epoch is None else "diverged",
        reason=None,
        n_epochs_done=3,
        diverged_epoch=diverged_epoch,
        test_loss=0.1,
        test_accuracy=0.98,
        n_parameters=10,
        n_trainable=10,
        wall_s=1.0,
        started_at="2026-01-01T00:00:00Z",
        provenance=Provenance("0", "native", "0", "any", "3.11", "2", "linux", "cpu", 2),
    )


def epochs(*losses: tuple[int, float, float]) -> list[EpochRecord]:
    """Return epoch records from triples of epoch, training and validation loss."""
    return [EpochRecord(e, train, 0.9, val, 0.9, 1.0, 0.1) for e, train, val in losses]

"""How the cost of a training step grows with width, depth, batch size, input density and runs at once.

Each point is ours (a whole step: products, activations, loss, Adam, gathering) beside the dense floor (the bare
products of the same step by the fastest BLAS that can be imported), in turns within one process, medians. Inputs
are 784 columns, of which a given share is non-zero, at random; 19 % where the density is not what varies (MNIST's
own zeros lie together, which is kinder to us: see dense_floor.py).

    python -m bench.scaling            # docs/results/scaling.csv and docs/images/scaling-*.svg
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.dense_floor import N_CLASSES, Step, numpy_floor, scipy_floor  # first: it sets what BLAS reads when it loads

# isort: split

import altair as alt
import numpy as np
import polars as pl

from mlpstudy.engine.native import _kernels
from mlpstudy.engine.provenance import cpu_name
from mlpstudy.figures import save
from mlpstudy.figures.drawing.theme import LIGHT
from mlpstudy.machine.cores import n_cores

ROOT = Path(__file__).parents[1]
N_INPUTS, BATCH, DENSITY = 784, 128, 0.19
TURN_S = 0.15
"""Least wall time of one turn."""


@dataclass(frozen=True)
class Point:
    """One point of one figure."""

    sweep: str
    value: float
    hidden: tuple[int, ...] = (512, 256, 128)
    batch: int = BATCH
    density: float = DENSITY


def points() -> Iterator[Point]:
    """Yield what is measured, but for the runs at once."""
    for width in (16, 32, 64, 128, 256, 512, 1024, 2048):
        yield Point("width", width, hidden=(width, width))
    for depth in (1, 2, 4, 8, 16, 32):
        yield Point("depth", depth, hidden=(128,) * depth)
    for batch in (1, 4, 16, 32, 64, 128, 256, 512, 1024, 2048):
        yield Point("batch size", batch, batch=batch)
    for density in (0.01, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0):
        yield Point("input density", density, density=density)


def our_step(point: Point, n_steps: int) -> Step:
    """Return a call that trains so many steps."""
    rng = np.random.default_rng(0)
    n_examples = point.batch * n_steps
    features = rng.random((n_examples, N_INPUTS), dtype=np.float32) + np.float32(0.01)
    features *= rng.random((n_examples, N_INPUTS), dtype=np.float32) < point.density
    labels = rng.integers(0, N_CLASSES, n_examples).astype(np.int32)
    order = np.arange(n_examples, dtype=np.int64)
    network = _kernels.Network(
        n_inputs=N_INPUTS,
        hidden=list(point.hidden),
        n_classes=N_CLASSES,
        activation="relu",
        batch_normalisation=False,
        dropout=[0.0] * len(point.hidden),
        batch_size=point.batch,
    )
    network.set_parameters(
        [
            rng.normal(0, np.sqrt(2 / p.shape[0]), p.shape).astype(np.float32) if p.ndim > 1 else p
            for p in network.parameters()
        ]
    )
    return lambda: network.train_epoch(features, labels, order)


def seconds_of(work: Step) -> float:
    """Return the wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(point: Point, n_rounds: int) -> dict[str, float | str]:
    """Return one row: milliseconds a step of ours and of the floor, and the median ratio of neighbouring turns."""
    once = min(seconds_of(our_step(point, 4)) for _ in range(2)) / 4
    n_steps = int(np.clip(TURN_S / once, 4, 2000 if point.batch < BATCH else 400))
    n_steps = max(4, min(n_steps, 200_000 // point.batch))
    ours = our_step(point, n_steps)
    floors = [make(point.hidden, N_INPUTS, point.batch) for make in (numpy_floor, scipy_floor)]

    def repeated(step: Step) -> Step:
        return lambda: [step() for _ in range(n_steps)]

    turns = [[seconds_of(ours), *(seconds_of(repeated(floor)) for floor in floors)] for _ in range(n_rounds + 1)][1:]
    best = min(range(1, 1 + len(floors)), key=lambda i: statistics.median(turn[i] for turn in turns))
    return {
        "sweep": point.sweep,
        "value": point.value,
        "ours_ms": 1e3 * statistics.median(turn[0] for turn in turns) / n_steps,
        "floor_ms": 1e3 * statistics.median(turn[best] for turn in turns) / n_steps,
        "ratio": statistics.median(turn[0] / turn[best] for turn in turns),
        "n_rounds": n_rounds,
    }


def throughput(n_runs: int, n_rounds: int) -> dict[str, float | str]:
    """Return one row: milliseconds a step of each of several runs at once, and the throughput beside one run's."""
    point = Point("runs at once", n_runs)
    n_steps, n_calls = 100, 5
    steps = [our_step(point, n_steps) for _ in range(n_runs)]

    def at_once(chosen: list[Step]) -> float:
        """Return the mean wall time of the runs, from when all of them are at work."""
        ready, walls = threading.Barrier(len(chosen)), [0.0] * len(chosen)

        def work(i: int) -> None:
            chosen[i]()  # the system spreads fresh threads over the cores within some milliseconds
            ready.wait()
            walls[i] = sum(seconds_of(chosen[i]) for _ in range(n_calls)) / n_calls

        threads = [threading.Thread(target=work, args=(i,)) for i in range(len(chosen))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return statistics.fmean(walls)

    turns = [(at_once(steps[:1]), at_once(steps)) for _ in range(n_rounds + 1)][1:]
    return {
        "sweep": point.sweep,
        "value": n_runs,
        "ours_ms": 1e3 * statistics.median(many for _, many in turns) / n_steps,
        "floor_ms": 1e3 * statistics.median(one for one, _ in turns) / n_steps,
        "ratio": statistics.median(n_runs * one / many for one, many in turns),
        "n_rounds": n_rounds,
    }


def draw(rows: pl.DataFrame, sweep: str) -> alt.Chart:
    """Return the figure of one sweep: ours and the floor on logarithmic axes; for runs at once, the throughput."""
    own = rows.filter(pl.col("sweep") == sweep)
    if sweep == "runs at once":
        chart: alt.Chart = (
            alt.Chart(own, title="Throughput of runs at once", width=420, height=260)
            .mark_line(point=alt.OverlayMarkDef(color=LIGHT.validation), color=LIGHT.validation)
            .encode(
                x=alt.X("value:O", title="runs at once", axis=alt.Axis(labelAngle=0)),
                y=alt.Y("ratio:Q", title="times the throughput of one", scale=alt.Scale(zero=True)),
            )
        )
        return chart
    scale = alt.Scale(zero=True) if sweep == "input density" else alt.Scale(type="log", nice=False)
    long = own.unpivot(["ours_ms", "floor_ms"], index="value", variable_name="what", value_name="ms").with_columns(
        pl.col("what").replace({"ours_ms": "mlpstudy, whole step", "floor_ms": "dense products alone, best BLAS"})
    )
    colours = alt.Scale(
        domain=["mlpstudy, whole step", "dense products alone, best BLAS"], range=[LIGHT.validation, LIGHT.train]
    )
    ticks = alt.Axis() if sweep == "input density" else alt.Axis(values=own["value"].to_list())
    long_chart: alt.Chart = (
        alt.Chart(long, title=f"Cost of a training step by {sweep}", width=420, height=260)
        .mark_line(point=True)
        .encode(
            x=alt.X("value:Q", title=sweep, scale=scale, axis=ticks),
            y=alt.Y("ms:Q", title="milliseconds a step", scale=scale, axis=alt.Axis(tickCount=6)),
            color=alt.Color(
                "what:N", title=None, scale=colours, legend=alt.Legend(orient="top", labelLimit=400, columnPadding=40)
            ),
        )
    )
    return long_chart


def described(row: dict[str, float | str]) -> str:
    """Return a row as a line."""
    return "  ".join(f"{name} {value:.4g}" if isinstance(value, float) else f"{value}" for name, value in row.items())


def main() -> None:
    """Measure everything, print the table, write it and the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    rows = []
    for point in points():
        rows.append(measure(point, options.rounds))
        print(described(rows[-1]), flush=True)
    for n_runs in range(1, 2 * n_cores() + 1):
        rows.append(throughput(n_runs, options.rounds))
        print(described(rows[-1]), flush=True)
    frame = pl.DataFrame(rows).with_columns(
        pl.lit(cpu_name()).alias("cpu"), pl.lit(_kernels.instruction_set()).alias("instruction_set")
    )
    frame.write_csv(ROOT / "docs" / "results" / "scaling.csv", float_precision=4)
    for sweep in frame["sweep"].unique(maintain_order=True):
        save(draw(frame, sweep), ROOT / "docs" / "images" / f"scaling-{sweep.replace(' ', '-')}", ("svg",), theme=LIGHT)


if __name__ == "__main__":
    main()

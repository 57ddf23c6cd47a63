"""Networks, trainings and data drawn at random, against the oracle and against themselves.

    PYTHONPATH=tests python -m differential.run --seconds 180            as many configurations as fit, from seed 0 on
    PYTHONPATH=tests python -m differential.run --seed 1234 --count 1    one of them again

``MLPSTUDY_TEST_TORCH_DEVICE=cuda`` lets the torch engine compute there.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from unittest import mock

import numpy as np

from differential.against_oracle import check_epoch, check_steps
from differential.configurations import Configuration, draw
from differential.report import Report
from differential.same_bits import check_bits
from differential.through_runner import check_resuming
from helpers import TORCH_DEVICE, engine_named
from mlpstudy.engine.interface import Engine
from mlpstudy.engine.native import _kernels

JITTERS = (1, 2, 3)
"""Rounding that decides something by accident seldom does so again for features that are a thousandth off."""
TORCH_EVERY, TORCH_STEPS = 4, 8
"""PyTorch takes hundreds of times as long: of so many configurations one, and few steps an epoch."""


def check(seed: int) -> Report:
    """Check the configuration of a seed in every way."""
    configuration, report = draw(seed), Report()
    for engine in _engines(seed):
        for name, one in _checks(configuration, engine):
            one.faults = [f"{engine.name}, {engine.instruction_set()}, {name}: {fault}" for fault in one.faults]
            report.add(one)
    return report


def _engines(seed: int) -> Iterator[Engine]:
    """Yield the native engine, with one of its instruction sets in force, and sometimes the torch engine."""
    names = _kernels.available_instruction_sets()
    with mock.patch.dict(os.environ, {"MLPSTUDY_INSTRUCTION_SET": names[seed % len(names)]}):
        yield engine_named("native")
    if seed % TORCH_EVERY == 0:
        yield engine_named("torch")


def _checks(configuration: Configuration, engine: Engine) -> Iterator[tuple[str, Report]]:
    with np.errstate(all="ignore"):
        # The torch engine draws its masks from another generator.
        if engine.name == "native" or configuration.network.dropout == 0:
            for check_one in (check_steps, check_epoch):
                report = check_one(configuration, engine)
                if report.faults and not all(check_one(configuration, engine, j).faults for j in JITTERS):
                    report.faults, report.n_accidents = [], 1
                yield "against the oracle", report
        n_steps = configuration.n_examples / configuration.training.batch_size
        if engine.name == "native" or (TORCH_DEVICE == "cpu" and n_steps <= TORCH_STEPS):
            yield "against itself", check_bits(configuration, engine)
            yield "against itself", check_resuming(configuration, engine)


def repeat(seed: int) -> str:
    """Return the command that checks one configuration again."""
    return f"PYTHONPATH=tests python -m differential.run --seed {seed} --count 1"


def main(given: Sequence[str] | None = None) -> int:
    """Check configurations until time or count are used up; 1 where there was a fault."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", type=int, default=0, help="of the first configuration (0)")
    parser.add_argument("--count", type=int, help="configurations (as many as fit)")
    parser.add_argument("--seconds", type=float, default=180.0, help="after which none is begun (180)")
    arguments = parser.parse_args(given)
    total, n_done, n_faulty, began = Report(), 0, 0, time.monotonic()
    while n_done != arguments.count and (n_done < 1 or time.monotonic() - began < arguments.seconds):
        seed = arguments.seed + n_done
        report = _check_or_trace(seed)
        n_done += 1
        if report.faults:
            n_faulty += 1
            lines = [f"FAULT seed {seed}", *report.faults[:10], f"again: {repeat(seed)}"]
            sys.stdout.write("\n  ".join(lines) + "\n")
            sys.stdout.flush()
        elif report.n_accidents:
            sys.stdout.write(f"off by accident, and not once its features are shaken a little: seed {seed}\n")
        report.faults.clear()
        total.add(report)
        if n_done % 500 == 0:
            _tell(n_done, n_faulty, total)
    _tell(n_done, n_faulty, total)
    return 1 if n_faulty else 0


def _check_or_trace(seed: int) -> Report:
    """Check the configuration of a seed; an error on the way is its fault."""
    try:
        report = check(seed)
    except Exception:  # noqa: BLE001  # the other configurations are checked all the same
        return Report(faults=[traceback.format_exc()])
    if report.faults:
        report.faults.insert(0, str(draw(seed)))
    return report


def _tell(n_done: int, n_faulty: int, total: Report) -> None:
    sys.stdout.write(
        f"{n_done:,} configurations, {n_faulty} with a fault: {total.n_compared:,} comparisons, {total.n_untold:,} "
        f"left out as they tell nothing, {total.n_accidents} off by accident\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

"""A limit on memory refuses threads, not a run; and the memory of training follows the examples."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from oracle.pair import Case, Pair, network_of, pair_of
from patience import PATIENCE_S

CASE = Case(100, (70, 40), 10, 32, 300, batch_normalisation=True, rate=0.5)
FEW = Case(50, (64,), 3, 1_000_000, 150)

PROGRAM = """
import hashlib, resource, sys, threading
from oracle.pair import Case, pair_of

def refuses_threads():
    done = threading.Event()
    try:
        for _ in range(32):
            threading.Thread(target=done.wait).start()
    except RuntimeError:
        return True
    finally:
        done.set()
    return False

pair = pair_of({case})
pair_of({case}).network.evaluate(pair.features, pair.labels)  # what is loaded at the first use is
pages = int(open("/proc/self/statm").read().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + ({room_mb} << 20),) * 2)
pair.network.train_epoch(pair.features, pair.labels, pair.order, {n_threads})
print(hashlib.sha256(b"".join(p.tobytes() for p in pair.network.parameters())).hexdigest(), refuses_threads())
"""


def trained_in(room_mb: int, case: Case, n_threads: int) -> tuple[str, bool]:
    """Train in a process that may take so much more memory: a hash of the parameters, whether it refuses threads."""
    program = PROGRAM.format(case=case, room_mb=room_mb, n_threads=n_threads)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stderr
    found, refuses = done.stdout.split()
    return found, refuses == "True"


def trained_here(case: Case) -> str:
    """Train without a limit, on one thread."""
    pair = pair_of(case)
    pair.network.train_epoch(pair.features, pair.labels, pair.order)
    return hashlib.sha256(b"".join(p.tobytes() for p in pair.network.parameters())).hexdigest()


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_threads_that_cannot_be_started_are_done_without() -> None:
    """A process that may start one more of 32 threads, or none, trains to the same bits."""
    for room_mb in (14, 5):
        assert trained_in(room_mb, CASE, 32) == (trained_here(CASE), True)


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_a_batch_larger_than_the_examples_takes_the_memory_of_the_examples() -> None:
    """A million rows of this network would take 1.3 GB."""
    assert trained_in(100, FEW, 1)[0] == trained_here(FEW)


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("rate", [0.0, 0.3])
def test_more_examples_than_before_change_no_bit(rate: float) -> None:
    """Whether the first epoch had 20 examples or 700, the second trains, evaluates and measures the same."""
    case = Case(50, (64, 70), 3, 5000, 700, rate=rate, batch_normalisation=rate > 0, diagnostics=True)
    seen = []
    for n_first in (20, 700):
        pair = pair_of(case)
        warm_up(pair, n_first)
        results = [pair.network.train_epoch(pair.features, pair.labels, pair.order[:n]).loss for n in (20, 700, 300)]
        results.append(pair.network.evaluate(pair.features, pair.labels)[0])
        bits = [p.tobytes() for p in pair.network.parameters()]
        seen.append((results, bits, pair.network.diagnostics()))
    assert seen[0] == seen[1]


def warm_up(pair: Pair, n: int) -> None:
    """Train on some examples and take it back."""
    start = network_of(pair.case).optimiser_state()
    parameters = pair.network.parameters()
    pair.network.train_epoch(pair.features, pair.labels, np.arange(n))
    pair.network.set_parameters(parameters)
    pair.network.set_optimiser_state(*start)

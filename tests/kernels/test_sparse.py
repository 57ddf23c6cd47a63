"""Sparse input: the same bits as the same features given dense, at a fraction of the memory."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from oracle.pair import INSTRUCTION_SETS, Case, Pair, cases, pair_of

SHAPES = {
    "no hidden layer": Case(9, (), 3, 4, 10),
    "batch of one": Case(70, (6, 5), 2, 1, 5),
    "one column": Case(1, (1,), 2, 3, 8, lit=0.5),
    "short last batch": Case(300, (20, 10), 10, 32, 32 + 21, lit=0.05),
    "more rows than a block": Case(40, (33,), 4, 700, 1500, lit=0.02),
    "wide and nearly empty": Case(20_000, (70,), 3, 32, 70, lit=0.0005),
    "wide": Case(20_000, (40,), 3, 32, 70, lit=0.005, batch_normalisation=True, rate=0.5),
    "no zeros": Case(50, (40,), 6, 20, 45, lit=1.0),
    "only zeros": Case(50, (40,), 6, 20, 40, lit=0.0),
}


def everything(pair: Pair, features: npt.NDArray[np.float32] | csr_array, n_threads: int) -> list[bytes]:
    """Train two epochs on the given form of the features; return all that can be read, as bytes."""
    network = pair.network
    numbers: list[float] = []
    for _ in range(2):
        done = network.train_epoch(features, pair.labels, pair.order, n_threads)
        numbers += [done.loss, done.accuracy, *network.evaluate(features, pair.labels, n_threads)]
    step, (m, v) = network.optimiser_state()
    arrays = [np.array([step, *numbers]), network.probabilities(features, n_threads), *network.parameters(), *m, *v]
    return [array.tobytes() for array in arrays]


def with_gaps(pair: Pair) -> Pair:
    """Make some rows and some columns empty."""
    pair.features[:: max(2, len(pair.labels) // 5)] = 0
    pair.features[:, 3:9] = 0
    return pair


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("n_threads", [1, 3])
@pytest.mark.parametrize("case", SHAPES.values(), ids=SHAPES.keys())
def test_sparse_features_give_the_bits_of_dense_ones(case: Case, n_threads: int) -> None:
    """Losses, probabilities, parameters and moments, with empty rows and empty columns, on any number of threads."""
    dense, sparse = with_gaps(pair_of(case)), with_gaps(pair_of(case))
    expected = everything(dense, dense.features, 1)
    assert everything(sparse, csr_array(sparse.features), n_threads) == expected


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_random_shapes_and_densities(name: str, monkeypatch: pytest.MonkeyPatch, data: st.DataObject) -> None:
    """No combination of sizes, density, threads and grouping of columns changes a bit."""
    monkeypatch.setenv("MLPSTUDY_INSTRUCTION_SET", name)
    case, groups = data.draw(cases(most_inputs=2000, most_layers=2, most_classes=20))
    dense, sparse = pair_of(case, groups), pair_of(case, groups)
    n_threads = data.draw(st.integers(1, 3))
    assert everything(sparse, csr_array(sparse.features), n_threads) == everything(dense, dense.features, 1)


@pytest.mark.usefixtures("instruction_set")
def test_one_network_takes_both_forms_in_turn() -> None:
    """An epoch on dense features and one on sparse ones are two epochs on either."""
    case = Case(500, (40,), 3, 16, 40, lit=0.02)
    mixed, dense = pair_of(case), pair_of(case)
    sparse = csr_array(mixed.features)
    for features in (mixed.features, sparse, mixed.features):
        mixed.network.train_epoch(features, mixed.labels, mixed.order)
        dense.network.train_epoch(dense.features, dense.labels, dense.order)
        assert mixed.network.evaluate(sparse, mixed.labels) == dense.network.evaluate(dense.features, dense.labels)
    for ours, theirs in zip(mixed.network.parameters(), dense.network.parameters(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_stored_zeros_and_wide_row_pointers_change_nothing() -> None:
    """Explicit zeros count as zeros, row pointers may have 64 bits, and arrays may be longer than their content."""
    case = Case(60, (20,), 3, 8, 30, lit=0.1)
    expected = everything(pair_of(case), pair_of(case).features, 1)
    pair = pair_of(case)
    sparse = csr_array(np.where(pair.features == 0, np.float32(1), pair.features))
    sparse.data[sparse.data == 1] = 0
    sparse.indptr = sparse.indptr.astype(np.int64)
    assert everything(pair, sparse, 1) == expected
    pair = pair_of(case)
    long = csr_array(pair.features)
    long.data, long.indices = np.append(long.data, np.float32(7)), np.append(long.indices, np.int32(-5))
    assert everything(pair, long, 1) == expected


def test_sparse_examples_are_not_prepared() -> None:
    """Prepare says no, so that every evaluation lists them anew."""
    pair = pair_of(Case(20, (8,), 3, 8, 40))
    assert not pair.network.prepare(csr_array(pair.features), pair.labels)


class Hostile:
    """What claims to be a sparse array."""

    def __init__(self, **members: Any) -> None:  # anything may come
        self.shape: Any = (3, 5)
        self.indptr: Any = np.array([0, 2, 2, 3], np.int32)
        self.indices: Any = np.array([0, 4, 2], np.int32)
        self.data: Any = np.ones(3, np.float32)
        for name, value in members.items():
            setattr(self, name, value)


HUGE = 2**31 - 1


@pytest.mark.parametrize(
    ("members", "kind", "line"),
    [
        ({"shape": (3, 6)}, ValueError, r"shape \(n, 5\), got shape \(3, 6\)"),
        ({"shape": (3,)}, ValueError, r"got shape \(3,\)"),
        ({"shape": (-1, 5)}, ValueError, "got shape"),
        ({"shape": "wide"}, ValueError, "got shape"),
        ({"shape": (2, 5)}, ValueError, r"features.indptr must be .* shape \(3,\), got shape \(4,\)"),
        ({"shape": (2**40, 5)}, ValueError, "features.indptr must be"),
        ({"indptr": np.array([0, 2, 2, 4], np.int32)}, ValueError, "indptr must rise from 0 to at most 3"),
        ({"indptr": np.array([1, 2, 2, 3], np.int32)}, ValueError, "indptr must rise"),
        ({"indptr": np.array([0, 3, 2, 3], np.int32)}, ValueError, "indptr must rise"),
        ({"indptr": np.array([0, -1, 2, 3], np.int64)}, ValueError, "indptr must rise"),
        ({"indptr": np.array([0, 2**62, 2**62, 3], np.int64)}, ValueError, "indptr must rise"),
        ({"indptr": np.array([0, 2, 2, 2**62], np.int64)}, ValueError, "indptr must rise"),
        ({"indptr": [0, 2, 2, 3]}, TypeError, "features.indptr must be a C-contiguous int64 array"),
        ({"indptr": np.zeros(8, np.int32)[::2]}, ValueError, "memory order"),
        ({"indptr": np.zeros(4, np.uint64)}, TypeError, "another dtype"),
        ({"indices": np.array([0, 5, 2], np.int32)}, ValueError, r"indices must .* lie in 0\.\.4, got 5 in row 0"),
        ({"indices": np.array([0, HUGE, 2], np.int32)}, ValueError, f"got {HUGE} in row 0"),
        ({"indices": np.array([-1, 4, 2], np.int32)}, ValueError, "got -1 in row 0"),
        ({"indices": np.array([0, 4, -HUGE], np.int32)}, ValueError, "in row 2"),
        ({"indices": np.array([4, 0, 2], np.int32)}, ValueError, "must rise within each row"),
        ({"indices": np.array([4, 4, 2], np.int32)}, ValueError, "must rise within each row"),
        ({"indices": np.zeros(2, np.int32)}, ValueError, "features.indices must be"),
        ({"indices": np.zeros(3, np.int64)}, TypeError, "features.indices must be a C-contiguous int32 array"),
        ({"data": np.ones(3)}, TypeError, "features.data must be a C-contiguous float32 array"),
        ({"data": np.ones((3, 1), np.float32)}, ValueError, "features.data must be"),
        ({"data": None}, TypeError, "features.data must be"),
    ],
)
def test_hostile_sparse_arrays_are_refused(members: dict[str, Any], kind: type[Exception], line: str) -> None:
    """Each member of the wrong kind, length or content is named in one line, before anything is read through it."""
    pair = pair_of(Case(5, (3,), 2, 2, 3, lit=1.0))
    good: Any = Hostile()
    bad: Any = Hostile(**members)
    before = pair.network.parameters()
    for call in (
        lambda: pair.network.train_epoch(bad, pair.labels, pair.order),
        lambda: pair.network.evaluate(bad, pair.labels),
        lambda: pair.network.prepare(bad, pair.labels),
        lambda: pair.network.probabilities(bad),
    ):
        with pytest.raises(kind, match=line) as error:
            call()
        assert "\n" not in str(error.value)
    for a, b in zip(before, pair.network.parameters(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert pair.network.train_epoch(good, pair.labels, pair.order).n_steps == 2


def test_labels_and_order_are_checked_against_sparse_rows() -> None:
    """A label too few, or an order that names a row that is not there, is refused as for dense features."""
    pair = pair_of(Case(5, (3,), 2, 2, 6))
    sparse = csr_array(pair.features)
    with pytest.raises(ValueError, match="labels must be"):
        pair.network.train_epoch(sparse, pair.labels[:5], pair.order)
    with pytest.raises(ValueError, match=r"indices in 0\.\.5, got 6"):
        pair.network.train_epoch(sparse, pair.labels, np.array([6]))


WIDE_RUN = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
import numpy as np
from scipy.sparse import csr_array
from mlpstudy.engine.native import _kernels
n, d, lit = 100_000, 20_000, 100
rng = np.random.default_rng(0)
indices = (rng.integers(0, d // lit, (n, lit), dtype=np.int32) + np.arange(lit, dtype=np.int32) * (d // lit)).ravel()
x = csr_array((np.ones(n * lit, np.float32), indices, np.arange(n + 1, dtype=np.int32) * lit), shape=(n, d))
labels = (x[:, [7]].toarray().ravel() > 0).astype(np.int32)
network = _kernels.Network(
    n_inputs=d, hidden=[16], n_classes=2, activation="relu", batch_normalisation=False, dropout=[0.0], batch_size=1024
)
network.set_parameters([rng.normal(0, 0.1, p.shape).astype(np.float32) for p in network.parameters()])
first = network.train_epoch(x, labels, rng.permutation(n), 2)
second = network.train_epoch(x, labels, rng.permutation(n), 2)
loss, _ = network.evaluate(x, labels, 2)
n_rows = len(network.probabilities(x, 2))
# Not ru_maxrss, which starts with what the parent process took before this program was loaded.
peak_kib = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(first.loss > second.loss > 0, n_rows, int(peak_kib) * 1024)
"""


def test_memory_of_wide_sparse_features_follows_the_values() -> None:
    """100,000 x 20,000 features, 8 GB dense, are trained on and evaluated in 2 GiB of addresses and 1 GB."""
    done = subprocess.run([sys.executable, "-c", WIDE_RUN], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    learned, n, peak = done.stdout.split()
    assert (learned, n) == ("True", "100000")
    assert int(peak) < 1e9


SHORT_OF_MEMORY = """
import resource
from pathlib import Path
import numpy as np
from scipy.sparse import csr_array
from mlpstudy.engine.native import _kernels

n, d = 1000, 4000
columns, starts = np.tile(np.arange(d, dtype=np.int32), n), np.arange(0, n * d + 1, d, dtype=np.int32)
x = csr_array((np.ones(n * d, np.float32), columns, starts))
labels, order = np.zeros(n, np.int32), np.arange(n)
network = _kernels.Network(
    n_inputs=d, hidden=[2], n_classes=2, activation="relu", batch_normalisation=False, dropout=[0.0], batch_size=n
)
network.train_epoch(x, labels, order[:1])
kib = next(int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if "VmSize" in line)
limits = resource.getrlimit(resource.RLIMIT_AS)
resource.setrlimit(resource.RLIMIT_AS, (kib * 1024 + 50_000_000, limits[1]))
try:
    network.train_epoch(x, labels, order)
except MemoryError:
    print("no memory")
resource.setrlimit(resource.RLIMIT_AS, limits)
print(network.train_epoch(x, labels, order).loss > 0)
"""


def test_a_batch_that_found_no_memory_leaves_nothing_half_made() -> None:
    """Lists of 4 million values, of which only the offsets fit, are an error of memory; with memory they are made."""
    done = subprocess.run([sys.executable, "-c", SHORT_OF_MEMORY], capture_output=True, check=False, text=True)
    assert (done.returncode, done.stdout) == (0, "no memory\nTrue\n"), done.stderr

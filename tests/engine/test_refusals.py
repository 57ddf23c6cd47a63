"""What every engine refuses, in one line that says what it must be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csc_array, csr_array

from engine.small import DATA, FALLING, ORDER, N, X, bits, trainer
from mlpstudy.engine.interface import Engine
from mlpstudy.records import Examples

FEATURES: dict[str, tuple[Any, type[Exception], str]] = {
    "float64": (X.astype(np.float64), TypeError, r"^features must be a C-contiguous float32 array of shape \(n, 6\)"),
    "a list": ([[0.0] * 6] * N, TypeError, "^features must be a C-contiguous float32 array"),
    "columns": (X[:, :5].copy(), ValueError, r"^features must be .*, got shape \(256, 5\)"),
    "one axis": (X[:, 0].copy(), ValueError, "^features must be .*, got shape"),
    "memory order": (np.asfortranarray(X), ValueError, "^features must be .*, got another memory order, fix: numpy"),
    "sparse float64": (csr_array(X.astype(np.float64)), TypeError, r"^features\.data must be .*float32"),
    "sparse by columns": (csc_array(X), TypeError, "^features must be a CSR array, got csc_array, fix: features.tocsr"),
    "sparse index": (csr_array((np.ones(1, np.float32), [6], [0] + [1] * N), (N, 6)), ValueError, "indices .* 6 "),
    "sparse columns": (csr_array(X[:, :5]), ValueError, r"^features must be .*, got shape \(256, 5\)"),
}

LABELS: dict[str, tuple[Any, type[Exception], str]] = {
    "int64": (DATA.train.labels.astype(np.int64), TypeError, "^labels must be a C-contiguous int32 array"),
    "too few": (DATA.train.labels[:-1], ValueError, r"^labels must be .*, got shape \(255,\)"),
    "too large": (np.full(N, 3, np.int32), ValueError, r"^labels must lie in 0\.\.2, got 3 at 0"),
    "negative": (np.full(N, -1, np.int32), ValueError, r"^labels must lie in 0\.\.2, got -1 at 0"),
}

ORDERS: dict[str, tuple[Any, type[Exception], str]] = {
    "negative": (np.array([0, -1]), ValueError, r"^order must hold indices in 0\.\.255, got -1 at 1"),
    "too large": (np.array([N]), ValueError, r"^order must hold indices in 0\.\.255, got 256 at 0"),
    "none": (np.zeros(0, np.int64), ValueError, "^order must select at least one example, got none"),
    "int32": (np.zeros(4, np.int32), TypeError, "^order must be a C-contiguous int64 array"),
    "two axes": (np.zeros((4, 1), np.int64), ValueError, "^order must be .*, got shape"),
}

LEARNING_RATES: dict[str, tuple[Any, type[Exception], str]] = {
    "float32": (FALLING.astype(np.float32), TypeError, r"^learning_rates must be a C-contiguous float64 array"),
    "too few": (FALLING[1:].copy(), ValueError, r"^learning_rates must be .* shape \(13,\), got shape \(12,\)"),
    "two axes": (FALLING[:, None].copy(), ValueError, r"^learning_rates must be .*, got shape \(13, 1\)"),
    "NaN": (np.r_[FALLING[1:], np.nan], ValueError, "^learning_rates must hold finite numbers of .*, got nan at 12"),
    "infinite": (np.r_[np.inf, FALLING[1:]], ValueError, "^learning_rates must hold .*, got inf at 0"),
    "negative": (-FALLING, ValueError, r"^learning_rates must hold finite numbers of at least 0, got -0\.1 at 0"),
}


@pytest.mark.parametrize(("features", "kind", "line"), FEATURES.values(), ids=FEATURES)
def test_bad_features(engine: Engine, features: Any, kind: type[Exception], line: str) -> None:
    """Each method refuses them in one line that says what they must be, and nothing has changed."""
    one = trainer(engine)
    before = bits(one)
    examples = Examples(features, DATA.train.labels)
    with pytest.raises(kind, match=line):
        one.train_epoch(examples, ORDER, 1)
    with pytest.raises(kind, match=line):
        one.evaluate(examples, 1)
    with pytest.raises(kind, match=line):
        one.probabilities(features, 1)
    assert bits(one) == before


@pytest.mark.parametrize(("labels", "kind", "line"), LABELS.values(), ids=LABELS)
def test_bad_labels(engine: Engine, labels: Any, kind: type[Exception], line: str) -> None:
    """Training and evaluation refuse them in one line, and nothing has changed."""
    one = trainer(engine)
    before = bits(one)
    examples = Examples(X, labels)
    with pytest.raises(kind, match=line):
        one.train_epoch(examples, ORDER, 1)
    with pytest.raises(kind, match=line):
        one.evaluate(examples, 1)
    assert bits(one) == before


@pytest.mark.parametrize(("order", "kind", "line"), ORDERS.values(), ids=ORDERS)
def test_bad_order(engine: Engine, order: Any, kind: type[Exception], line: str) -> None:
    """An order that does not name rows of the examples is refused in one line, and nothing is trained."""
    one = trainer(engine)
    before = bits(one)
    with pytest.raises(kind, match=line):
        one.train_epoch(DATA.train, order, 1)
    assert bits(one) == before


@pytest.mark.parametrize(("rates", "kind", "line"), LEARNING_RATES.values(), ids=LEARNING_RATES)
def test_bad_learning_rates(engine: Engine, rates: Any, kind: type[Exception], line: str) -> None:
    """Step sizes that are not one of each step are refused in one line, and nothing is trained."""
    one = trainer(engine)
    before = bits(one)
    with pytest.raises(kind, match=line):
        one.train_epoch(DATA.train, ORDER, 1, rates)
    assert bits(one) == before


@pytest.mark.parametrize("n_threads", [0, -1, 257])
def test_bad_number_of_threads(engine: Engine, n_threads: int) -> None:
    """Every method names the range."""
    one, line = trainer(engine), rf"^n_threads must lie in 1\.\.256, got {n_threads}"
    with pytest.raises(ValueError, match=line):
        one.train_epoch(DATA.train, ORDER, n_threads)
    with pytest.raises(ValueError, match=line):
        one.evaluate(DATA.train, n_threads)
    with pytest.raises(ValueError, match=line):
        one.probabilities(X, n_threads)


def test_no_examples(engine: Engine) -> None:
    """They have probabilities, none; a mean over them there is not."""
    one = trainer(engine)
    assert one.probabilities(X[:0], 1).shape == (0, DATA.n_classes)
    assert one.probabilities(X[:0], 1).dtype == np.float32
    none = Examples(X[:0], DATA.train.labels[:0])
    with pytest.raises(ValueError, match="at least one example, got none"):
        one.evaluate(none, 1)


def test_an_evaluation_that_was_refused_is_refused_again(engine: Engine) -> None:
    """What was evaluated before is not taken for it, and can be evaluated again."""
    one = trainer(engine)
    good, bad = DATA.test, Examples(X, np.full(N, 3, np.int32))
    expected = one.evaluate(good, 1)
    for _ in range(2):
        with pytest.raises(ValueError, match="labels must lie in"):
            one.evaluate(bad, 1)
    assert one.evaluate(good, 1) == expected

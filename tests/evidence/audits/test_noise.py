"""Noise audit: what finite test data explain, what carries over, and the flags."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from evidence.simulated import correct_cells
from mlpstudy.errors import ResultsError
from mlpstudy.evidence.audits.noise import audit


def test_equally_good_retrainings_spread_as_the_test_set_makes_them() -> None:
    """Without a seed effect the observed SD is the finite-test SD, and on average little of a lead carries over."""
    rng = np.random.default_rng(1)
    found = [audit(correct_cells(rng, 20, 1000, seed_sd=0.0)) for _ in range(150)]
    ratios = np.array([f.ratio for f in found], dtype=float)
    assert np.mean(ratios**2) == pytest.approx(1.0, abs=0.08)
    assert np.median([f.carries_over or 0.0 for f in found]) < 0.1
    assert sum("lucky seed does not carry over" in f.sentence for f in found) > 75


def test_true_spread_is_recovered() -> None:
    """V_seed is the variance of true quality between retrainings, here known from the model."""
    rng = np.random.default_rng(2)
    squared = [(audit(correct_cells(rng, 25, 2000, seed_sd=0.3, own_sd=0.8)).sd_true or 0.0) ** 2 for _ in range(80)]
    # True quality of a seed: Phi((2 + u) / sqrt(1 + 0.8^2)), u of SD 0.3.
    quality = special.ndtr((2.0 + 0.3 * rng.standard_normal(400_000)) / np.sqrt(1 + 0.64))
    assert np.mean(squared) == pytest.approx(quality.var(), rel=0.1)


def test_lead_carries_over_as_said() -> None:
    """A seed's lead on one test set, times the share said, is its lead on another one."""
    rng = np.random.default_rng(3)
    said, kept = 0.0, 0.0
    for _ in range(60):
        seed = 0.15 * rng.standard_normal((30, 1))
        first, second = (rng.random((30, 800)) < special.ndtr(1.5 + rng.standard_normal(800) + seed) for _ in range(2))
        found = audit(first)
        best = int(first.mean(axis=1).argmax())
        said += (found.carries_over or 0.0) * (found.best_seed_lead or 0.0)
        kept += float(second.mean(axis=1)[best] - second.mean())
    assert said == pytest.approx(kept, rel=0.15)


def test_excess_is_flagged() -> None:
    """A spread of several times what finite test data explain is unstable; twice is not."""
    rng = np.random.default_rng(4)
    assert audit(correct_cells(rng, 12, 4000, seed_sd=1.0)).is_excess
    mild = audit(correct_cells(rng, 12, 4000, seed_sd=0.08))
    assert not mild.is_excess
    assert mild.ratio is not None
    assert mild.ratio > 1.3


def test_two_groups_are_flagged() -> None:
    """Three of twelve runs that end two points lower are named."""
    rng = np.random.default_rng(5)
    low, high = correct_cells(rng, 3, 4000, ability=1.7, seed_sd=0.0), correct_cells(rng, 9, 4000, seed_sd=0.0)
    found = audit(np.vstack([low, high]))
    assert found.n_low == 3
    assert "two groups of 3 and 9" in found.sentence


def test_one_run_far_from_the_rest_is_flagged() -> None:
    """One of 30 runs that ends three points lower is named, although it hardly moves the variance."""
    rng = np.random.default_rng(7)
    low, high = correct_cells(rng, 1, 4000, ability=1.6, seed_sd=0.0), correct_cells(rng, 29, 4000, seed_sd=0.0)
    found = audit(np.vstack([high, low]))
    assert found.n_low == 1
    assert "two groups of 1 and 29" in found.sentence


def test_one_group_is_rarely_split() -> None:
    """One group with a true spread is called two in at most 1 of 30 studies."""
    rng = np.random.default_rng(6)
    split = sum(audit(correct_cells(rng, 15, 1500, seed_sd=0.2)).n_low > 0 for _ in range(400))
    assert split <= 13


@pytest.mark.parametrize("n_seeds", [2, 10])
def test_perfect_accuracy_is_quiet(n_seeds: int) -> None:
    """Accuracy exactly 1 in every seed: SD 0, nothing flagged."""
    found = audit(np.ones((n_seeds, 100)))
    assert (found.mean, found.sd, found.sd_finite_test, found.ratio) == (1.0, 0.0, 0.0, 1.0)
    assert not found.is_excess
    assert found.n_low == 0


def test_one_seed_has_no_spread() -> None:
    """One seed: the mean, and a sentence that says what is not known."""
    found = audit([[1, 0, 1, 1]])
    assert (found.mean, found.sd, found.ratio, found.carries_over) == (0.75, None, None, None)
    assert "One seed has no spread" in found.sentence
    with pytest.raises(ResultsError, match="must have one finished run at least"):
        audit(np.empty((0, 10)))


@given(
    st.integers(3, 20),
    st.one_of(st.integers(30, 400), st.integers(400, 10_000)),
    st.integers(0, 11),
    st.booleans(),
)
@settings(deadline=None)
def test_seeds_that_do_the_same_have_no_spread(n_seeds: int, n_examples: int, n_errors: int, shared: bool) -> None:
    """Equal scores have SD 0, whatever N, n and the errors: never a spread, an excess or two groups by rounding."""
    cells = np.ones((n_seeds, n_examples))
    for seed in range(n_seeds):
        start = 0 if shared else seed * n_errors
        cells[seed, np.arange(start, start + n_errors) % n_examples] = 0.0
    found = audit(cells)
    assert (found.sd, found.is_excess, found.n_low, found.sd_true, found.carries_over) == (0.0, False, 0, 0.0, 0.0)
    if shared or n_errors == 0:
        assert (found.sd_finite_test, found.ratio) == (0.0, 1.0)
        assert found.sentence == f"All {n_seeds} seeds are right on the same test examples: SD 0."


def test_a_spread_below_that_of_the_test_set_is_no_part_of_it() -> None:
    """Where the seeds scatter less than finite test data would make them, the sentence names no part of a whole."""
    cells = np.ones((6, 60))
    for seed in range(6):
        cells[seed, seed * 10 : seed * 10 + 9 + (seed == 0)] = 0.0
    found = audit(cells)
    assert found.sd is not None
    assert found.sd_finite_test is not None
    assert 0 < found.sd < found.sd_finite_test
    assert f"no more than the {100 * found.sd_finite_test:.3f} that finite test data alone would give" in found.sentence
    wide = audit(np.arange(60) < np.array([[30], [34], [38], [33], [36], [31]]))
    assert "where finite test data alone would give" in wide.sentence

"""Densities for violins: against SciPy's exact kernel estimate, and at the edges of what can come in."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import gaussian_kde

from mlpstudy.errors import ResultsError
from mlpstudy.evidence.curves.density import density


def test_equals_the_exact_kernel_sum() -> None:
    """Binning and FFT change the estimate by less than 0.2 % of its peak."""
    rng = np.random.default_rng(1)
    values = np.concatenate([rng.normal(-1, 0.3, 1500), rng.normal(1, 0.6, 1500)])
    found = density(values, bandwidth=0.11)
    exact = gaussian_kde(values, bw_method=0.11 / values.std(ddof=1))(found.grid)
    assert np.abs(found.density - exact).max() < 0.002 * exact.max()


def test_bandwidth_rule_is_silvermans() -> None:
    """Without a bandwidth the estimate is the one with 0.9 min(sd, IQR / 1.34) n^(-1/5)."""
    values = np.random.default_rng(2).standard_t(3, 4000)
    quartiles = np.quantile(values, [0.25, 0.75])
    h = 0.9 * min(values.std(), np.diff(quartiles)[0] / 1.34) * values.size**-0.2
    np.testing.assert_allclose(density(values).density, density(values, bandwidth=h).density, rtol=1e-12)


def test_recovers_a_known_density() -> None:
    """400,000 normal weights give the normal density."""
    values = np.random.default_rng(3).normal(0.0, 0.062, (784, 512))
    found = density(values)
    truth = np.exp(-0.5 * (found.grid / 0.062) ** 2) / (0.062 * np.sqrt(2 * np.pi))
    assert np.abs(found.density - truth).max() < 0.015 * truth.max()


@pytest.mark.parametrize("n_grid", [8, 64, 257])
def test_is_a_density_on_a_regular_grid(n_grid: int) -> None:
    """It integrates to 1, is nowhere negative, and its grid covers the data evenly."""
    values = np.random.default_rng(4).exponential(size=999)
    found = density(values, n_grid=n_grid)
    assert found.grid.shape == found.density.shape == (n_grid,)
    assert np.trapezoid(found.density, found.grid) == pytest.approx(1.0)
    assert found.density.min() >= 0.0
    assert found.grid[0] < values.min() < values.max() < found.grid[-1]
    np.testing.assert_allclose(np.diff(found.grid), np.diff(found.grid)[0])


def test_order_statistics_are_those_of_the_values() -> None:
    """Quartiles, extremes, mean and SD are taken from the values, not from the grid."""
    values = np.random.default_rng(5).normal(size=(40, 30)).astype(np.float32)
    found = density(values)
    expected = np.quantile(values.astype(np.float64), [0, 0.25, 0.5, 0.75, 1])
    marks = [found.minimum, found.lower_quartile, found.median, found.upper_quartile, found.maximum]
    np.testing.assert_allclose(marks, expected)
    assert (found.mean, found.sd) == pytest.approx((values.mean(), values.std()), abs=1e-6)


@pytest.mark.parametrize("value", [0.0, 1.0, -3e-8, 1e6])
def test_equal_values_make_a_bump_at_the_value(value: float) -> None:
    """A layer of equal weights (biases before training) peaks at their value, to 2 % of it."""
    found = density(np.full(300, value))
    assert found.is_constant
    peak = found.grid[found.density.argmax()]
    assert abs(peak - value) <= 0.02 * max(abs(value), 0.01)
    assert np.trapezoid(found.density, found.grid) == pytest.approx(1.0)


def test_half_equal_half_spread_is_drawn() -> None:
    """Many equal values (IQR 0) with a few others keep a finite density whose peak is at the equal ones."""
    found = density(np.concatenate([np.zeros(900), np.linspace(-1, 1, 100)]))
    assert np.isfinite(found.density).all()
    assert abs(found.grid[found.density.argmax()]) < 0.05


def test_one_outlier_does_not_hide_the_rest() -> None:
    """One far value leaves a density that still integrates to 1 and peaks in the bulk."""
    found = density(np.append(np.random.default_rng(6).normal(0, 0.01, 5000), 1000.0))
    assert abs(found.grid[found.density.argmax()]) < 5.0
    assert np.trapezoid(found.density, found.grid) == pytest.approx(1.0)


def test_nonfinite_values_are_counted_not_used() -> None:
    """NaN and infinity are left out of the estimate and reported."""
    found = density([0.0, np.nan, 1.0, np.inf, 2.0])
    assert (found.n_values, found.n_nonfinite, found.median) == (3, 2, 1.0)


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        ([], {}, "hold at least one finite number"),
        ([np.nan], {}, "hold at least one finite number"),
        ([1.0], {"n_grid": 4}, "n_grid must be at least 8, got 4"),
        ([1.0], {"bandwidth": 0.0}, "bandwidth must be positive"),
    ],
)
def test_refuses_the_impossible(values: list[float], options: dict[str, float], message: str) -> None:
    """Nothing to estimate from, or an impossible setting, is one clear line."""
    with pytest.raises(ResultsError, match=message):
        density(values, **options)  # type: ignore[arg-type]  # one of either type

"""Factors: effects and interactions that were put in come out, and what is no factorial has none."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from evidence.simulated import within
from mlpstudy.evidence.factorial import Effect, Levels, factor_effects, left_out

DEPTHS, REGULARISATIONS = ("2", "3", "5"), ("plain", "batchnorm", "batchnorm-dropout")
NINE: list[Levels] = [(("depth", depth), ("regularisation", kind)) for depth in DEPTHS for kind in REGULARISATIONS]


def effects_of(scores: npt.NDArray[np.float64], levels: list[Levels] = NINE) -> dict[str, Effect]:
    """Return the effects by label."""
    seeds = [np.arange(scores.shape[1])] * len(levels)
    return {e.label: e for e in factor_effects(levels, seeds, list(scores), None)}


def test_known_effects_come_out() -> None:
    """Additive effects are recovered exactly, with every interaction 0; so is an interaction that was put in."""
    depth, kind = np.array([0.0, 1.0, 3.0]), np.array([0.0, 0.5, -0.2])
    table = depth[:, None] + kind
    found = effects_of(np.repeat(table.reshape(9, 1), 4, axis=1) + np.arange(4))
    assert found["depth: 3 instead of 2"].estimate.value == pytest.approx(1.0)
    assert found["depth: 5 instead of 3"].estimate.value == pytest.approx(2.0)
    assert found["regularisation: batchnorm-dropout instead of batchnorm"].estimate.value == pytest.approx(-0.7)
    assert all(e.estimate.value == pytest.approx(0.0) for e in found.values() if len(e.term) == 2)
    table[2, 1] += 0.9
    found = effects_of(np.repeat(table.reshape(9, 1), 4, axis=1))
    label = "depth 5 instead of 2, more with regularisation batchnorm than with plain"
    assert found[label].estimate.value == pytest.approx(0.9)
    assert found["depth: 5 instead of 2"].estimate.value == pytest.approx(3.0 + 0.3)


def test_all_effects_are_there() -> None:
    """Three by three: 3 + 3 main effects and 2 x 2 interactions."""
    found = effects_of(np.random.default_rng(1).random((9, 5)))
    assert sum(len(e.term) == 1 for e in found.values()) == 6
    assert sum(len(e.term) == 2 for e in found.values()) == 4


def test_a_two_level_effect_is_a_paired_t_test_of_marginal_means() -> None:
    """The main effect's interval is SciPy's paired t interval on the means over the other factor, seed by seed."""
    rng = np.random.default_rng(2)
    levels: list[Levels] = [(("width", w), ("dropout", d)) for w in "ab" for d in ("no", "yes")]
    scores = rng.random((4, 8))
    found = effects_of(scores, levels)["width: b instead of a"].estimate
    expected = stats.ttest_rel(scores[2:].mean(axis=0), scores[:2].mean(axis=0)).confidence_interval(0.95)
    assert (found.same_test_set.low, found.same_test_set.high) == pytest.approx((expected.low, expected.high))
    assert found.simultaneous.half_width > found.same_test_set.half_width


def test_marginal_effects_need_fewer_seeds_than_pairs() -> None:
    """Pooling three levels of the other factor makes the standard error sqrt(3) smaller, on average."""
    rng = np.random.default_rng(3)
    ratios = []
    for _ in range(200):
        scores = rng.standard_normal((9, 10))
        marginal = effects_of(scores)["depth: 3 instead of 2"].estimate.sd or 0.0
        ratios.append(marginal**2 / (scores[3] - scores[0]).var(ddof=1))
    assert np.median(ratios) == pytest.approx(1 / 3, rel=0.2)


def test_three_factors_and_one() -> None:
    """Two by two by two has 3 main effects, 3 interactions of two and 1 of three; one factor has main effects only."""
    cube: list[Levels] = [tuple(zip("xyz", one, strict=True)) for one in itertools.product("01", repeat=3)]
    base = np.zeros((8, 3))
    base[7] = 1.0
    found = list(effects_of(base, cube).values())
    assert [len(e.term) for e in found] == [1, 1, 1, 2, 2, 2, 3]
    assert [e.estimate.value for e in found] == pytest.approx([0.25] * 3 + [0.5] * 3 + [1.0])
    line: list[Levels] = [(("width", w),) for w in "abc"]
    assert [e.levels for e in effects_of(np.zeros((3, 3)), line).values()] == [
        (("b", "a"),),
        (("c", "a"),),
        (("c", "b"),),
    ]


def test_effects_have_the_new_data_interval_too() -> None:
    """With outcomes an example, each effect answers both questions; the second interval is the wider one here."""
    rng = np.random.default_rng(4)
    levels: list[Levels] = [(("width", w),) for w in "ab"]
    cells = [(rng.random((6, 1)) * 0.01 + rng.random(300) < 0.7).astype(float) for _ in range(2)]
    (effect,) = factor_effects(levels, [np.arange(6)] * 2, [c.mean(axis=1) for c in cells], cells)
    assert effect.estimate.new_data is not None
    assert effect.estimate.new_data.half_width > effect.estimate.same_test_set.half_width


def test_main_effects_are_right_as_a_family() -> None:
    """Where no factor has an effect, any main effect's simultaneous interval excludes 0 in 5 % of studies."""
    rng = np.random.default_rng(5)
    n_trials = 400
    false = 0
    for _ in range(n_trials):
        found = effects_of(rng.standard_normal((9, 10))).values()
        false += any(e.estimate.simultaneous.excludes(0) for e in found if len(e.term) == 1)
    assert within(false / n_trials, 0.05, n_trials)


@pytest.mark.parametrize(
    "levels",
    [NINE[:8], [*NINE[:8], NINE[0]], [*NINE[:8], (("depth", "5"),)], [()] * 9],
    ids=["one missing", "one twice", "a factor missing", "no factors"],
)
def test_what_is_no_full_factorial_has_no_effects(levels: list[Levels]) -> None:
    """A missing combination or unknown factors give no effects, never wrong ones."""
    assert effects_of(np.zeros((len(levels), 3)), levels) == {}


def test_seeds_that_not_all_have_are_left_out() -> None:
    """Effects rest on the seeds common to all architectures; without one there are none."""
    levels: list[Levels] = [(("width", w),) for w in "ab"]
    (effect,) = factor_effects(levels, [np.arange(5), np.arange(2, 9)], [np.zeros(5), np.ones(7)], None)
    assert (effect.estimate.n_seeds, effect.estimate.value) == (3, 1.0)
    assert factor_effects(levels, [np.arange(2), np.arange(2, 4)], [np.zeros(2)] * 2, None) == ()


@pytest.mark.parametrize(("n_levels", "n_judged"), [(10, 45), (45, 990), (46, 45), (500, 499)])
def test_effects_of_many_levels_are_bounded(n_levels: int, n_judged: int) -> None:
    """All pairs of levels are judged up to 1,000; beyond, each level against the first, and that is said."""
    levels = [(("width", str(i)),) for i in range(n_levels)]
    effects = factor_effects(levels, [np.arange(3)] * n_levels, [np.full(3, i / 9) for i in range(n_levels)], None)
    assert len(effects) == n_judged
    said = left_out(levels)
    n_all = n_levels * (n_levels - 1) // 2
    assert len(said) == (n_judged < n_all)
    assert all(f"Of {n_all:,} main effects the {n_judged}" in sentence for sentence in said)


def test_what_is_judged_does_not_depend_on_results() -> None:
    """Which effects are judged follows from the factors: other outcomes change the numbers alone."""
    levels = [(("a", str(i)), ("b", str(j))) for i in range(33) for j in range(33)]
    one, two = (
        factor_effects(levels, [np.arange(2)] * len(levels), list(rng.random((len(levels), 2))), None)
        for rng in (np.random.default_rng(1), np.random.default_rng(2))
    )
    assert [e.label for e in one] == [e.label for e in two]
    assert len(one) == 2 * 32
    assert left_out(levels) == (
        "Of 1,056 main effects the 64 against the first level of each factor are judged: more than 1,000 are too many.",
        "Of 1,024 interactions of 2 factors none is judged: more than 1,000 are too many.",
    )


def test_equal_outcomes_have_no_effect_at_all() -> None:
    """Where all architectures do the same, a mean over three levels leaves no rounding that could count as a change."""
    levels = [(("depth", d), ("dropout", r)) for d in "235" for r in ("no", "yes")]
    cells = [np.asarray(0.1 * (np.random.default_rng(3).random((8, 40)) < 0.7), dtype=np.float64)] * 6
    scores = [np.asarray(c.mean(axis=1), dtype=np.float64) for c in cells]
    effects = factor_effects(levels, [np.arange(8)] * 6, scores, cells, resolution=1 / 40)
    assert {(e.estimate.value, e.estimate.p, e.estimate.identical) for e in effects} == {(0.0, 1.0, True)}

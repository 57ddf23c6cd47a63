"""Numbers that may stand for a missing value are told, and only those."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.writing import dense, load_text
from mlpstudy.datasets.tables.spikes import find_spikes

RNG = np.random.default_rng(0)
PRESSURE = RNG.normal(72, 12, 733).round().clip(24, 122)
AIR = RNG.uniform(0.1, 11.9, 300).round(1)
COUNTS = RNG.poisson(3, 400)


@pytest.mark.parametrize(
    ("others", "codes"),
    [
        (AIR, [-200]),
        (AIR * 100 + 600, [-200]),
        (RNG.uniform(-5, 45, 300), [-200]),
        (AIR, [-999, 9999]),
        (AIR, [-1]),
        (COUNTS, [999]),
        (AIR[:100], [999]),
        (RNG.integers(0, 41_310, 500), [99_999]),
        (PRESSURE, [0]),
        (RNG.uniform(300, 900, 300), [0]),
        (RNG.uniform(300, 900, 300), [-99, -88]),
    ],
)
@pytest.mark.parametrize("n", [15, 150])
def test_a_number_far_from_all_others_is_told(others: np.ndarray, codes: list[float], n: int) -> None:
    """Codes of air stations, surveys and clinics, and zeros where nothing is near them."""
    values = np.concatenate([others, np.repeat(np.array(codes, dtype=np.float64), n), [np.nan] * 5])
    found = find_spikes("x", values, values)
    assert [(spike.value, spike.n) for spike in found] == [(code, n) for code in sorted(codes)]


@pytest.mark.parametrize(
    "values",
    [
        RNG.normal(0, 1, 500),
        RNG.lognormal(0, 2, 500),
        RNG.exponential(1, 500).round(1),
        COUNTS,
        RNG.integers(0, 256, 500),
        np.tile([-1.0, 0.0, 1.0], 50),
        np.tile([0.0, 1.0, 5.0], 50),
        np.tile([1.0, 2.0, 3.0, 4.0, 5.0, 9.0], 50),
        np.concatenate([np.zeros(400), RNG.integers(1, 255, 100)]),
        np.concatenate([np.zeros(400), RNG.uniform(1500, 2600, 30).round()]),
        np.concatenate([RNG.uniform(0, 1000, 200), [-999, 9999]]),
        np.concatenate([RNG.uniform(-2000, 2000, 200), [-999] * 20]),
        np.arange(19.0),
        np.full(50, 3.0),
    ],
)
def test_other_numbers_are_not(values: np.ndarray) -> None:
    """Tails, counts, grey values, answers, what most rows hold, a code among the others, and one that is there once."""
    assert find_spikes("x", values, values) == []


@given(st.lists(st.floats(allow_nan=True, allow_infinity=False), max_size=60))
def test_any_numbers_can_be_looked_at(values: list[float]) -> None:
    """Also the largest floats, whose differences overflow."""
    for spike in find_spikes("x", np.array(values), np.array(values)):
        assert spike.n >= 2


def test_the_key_that_the_line_names_makes_them_missing(tmp_path: Path) -> None:
    """One line with the count, and nothing changed; with the key the rows have no value, and there is no line."""
    cells = ["-999" if i % 10 == 5 else f"{i * 37 % 890}.5" for i in range(200)]
    content = "x,z,y\n" + "".join(f"{cell},{cell},{'no' if i % 3 else 'yes'}\n" for i, cell in enumerate(cells))
    plain = load_text(tmp_path, content, numeric="none")
    told = (
        'columns "x" and "z" hold -999 in 20 rows at most, apart from all other numbers: where it stands for a missing'
    )
    assert [told in warning for warning in plain.warnings].count(True) == 1
    assert any(warning.endswith('missing = ["-999"]') for warning in plain.warnings)
    assert dense(plain.train)[:, 0].min() == -999
    mended = load_text(tmp_path, content, numeric="none", missing=["-999"])
    assert dense(mended.train)[:, 0].min() > 0
    assert not any("apart from all other" in warning for warning in mended.warnings)


def test_a_code_in_a_table_of_twenty_rows_is_told() -> None:
    """A code that people use needs no hundred rows beside it."""
    training = np.concatenate([AIR[:12], [-200.0] * 2])
    assert [spike.value for spike in find_spikes("x", training, training)] == [-200.0]

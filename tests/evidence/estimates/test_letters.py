"""Compact letters: they say exactly which pairs differ, with no more letters than needed."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

from mlpstudy.errors import ResultsError
from mlpstudy.evidence.estimates.letters import compact_letters


def shares(first: str, second: str) -> bool:
    """Say whether two displays (single letters only) have a letter in common."""
    return bool(set(first) & set(second))


@pytest.mark.parametrize("seed", range(40))
def test_letters_say_which_pairs_differ(seed: int) -> None:
    """For any set of pairs, two architectures share a letter exactly where they do not differ."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 10))
    pairs = [pair for pair in itertools.combinations(range(n), 2) if rng.random() < rng.uniform(0.1, 0.9)]
    letters = compact_letters(n, pairs)
    for i, j in itertools.combinations(range(n), 2):
        assert shares(letters[i], letters[j]) is ((i, j) not in pairs)
    assert all(letters)


@pytest.mark.parametrize("seed", range(10))
def test_no_letter_is_superfluous(seed: int) -> None:
    """Every letter's group is as large as it can be, and no two are the same."""
    rng = np.random.default_rng(seed)
    pairs = {pair for pair in itertools.combinations(range(8), 2) if rng.random() < 0.4}
    letters = compact_letters(8, pairs)
    groups = {name: {i for i, own in enumerate(letters) if name in own} for own in letters for name in own}
    for name, group in groups.items():
        outside = set(range(8)) - group
        assert all(any(tuple(sorted((i, j))) in pairs for j in group) for i in outside), name
    assert len({frozenset(group) for group in groups.values()}) == len(groups)


def test_a_chain_overlaps() -> None:
    """A and c differ, b is between: a | ab | b."""
    assert compact_letters(3, [(0, 2)]) == ("a", "ab", "b")


def test_extremes() -> None:
    """Nothing differs: one tier. Everything does: a tier each, beyond z too. Nothing there: nothing."""
    assert compact_letters(4, []) == ("a",) * 4
    everything = compact_letters(54, itertools.combinations(range(54), 2))
    assert (everything[0], everything[25], everything[26], everything[52]) == ("a", "z", "A", "a2")
    assert compact_letters(0, []) == ()


def test_the_best_has_the_first_letter() -> None:
    """Letters follow the order given, from best to worst."""
    assert compact_letters(3, [(0, 1), (0, 2), (1, 2)], order=[2, 0, 1]) == ("b", "c", "a")


def test_wrong_pairs_are_refused() -> None:
    """A pair outside the architectures, or an order that is none, is one clear line."""
    with pytest.raises(ResultsError, match="must be two positions from 0 to 2"):
        compact_letters(3, [(0, 3)])
    with pytest.raises(ResultsError, match="must name each of 3 architectures once"):
        compact_letters(3, [], order=[0, 1])


def test_more_letters_than_anybody_reads_are_none() -> None:
    """Fifty pairs that differ and share nobody would take 2^50 letters: there are none, at once; eight take 256."""
    assert compact_letters(100, [(2 * i, 2 * i + 1) for i in range(50)]) == ("",) * 100
    eight = compact_letters(16, [(2 * i, 2 * i + 1) for i in range(8)])
    assert len(set(re.findall(r"[A-Za-z]\d*", "".join(eight)))) == 256

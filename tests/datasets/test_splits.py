"""Choosing and holding out: exact numbers, every class its share, nothing but the key decides."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.writing import csv, load_text, people
from mlpstudy.datasets.splits import choose, hold_out, hold_out_groups, hold_out_latest
from mlpstudy.errors import DataError

LABELS = np.random.default_rng(1).integers(0, 10, 2000).astype(np.int32)


@given(n_available=st.integers(1, 200), data=st.data(), study_seed=st.integers(0, 2**63 - 1))
def test_choose_is_ascending_distinct_and_nested(n_available: int, data: st.DataObject, study_seed: int) -> None:
    """Positions are distinct, in order and in range; fewer are contained in more."""
    n_more = data.draw(st.integers(1, n_available))
    n_fewer = data.draw(st.integers(1, n_more))
    more, fewer = (choose(n_available, n, study_seed, 0, "n") for n in (n_more, n_fewer))
    assert more.size == n_more
    assert 0 <= more[0] <= more[-1] < n_available
    assert (np.diff(more) > 0).all()
    assert set(fewer) <= set(more)


def test_choose_depends_on_its_key_alone() -> None:
    """The same key gives the same choice; another study seed or index another one."""
    first = choose(1000, 100, 5, 0, "n").tolist()
    np.random.default_rng().random(10)
    assert choose(1000, 100, 5, 0, "n").tolist() == first
    assert choose(1000, 100, 6, 0, "n").tolist() != first
    assert choose(1000, 100, 5, 1, "n").tolist() != first


def test_choose_is_uniform() -> None:
    """Over many study seeds every position is chosen equally often (six standard errors)."""
    n_seeds, n_available, n_wanted = 2000, 20, 5
    counts = sum(
        np.bincount(choose(n_available, n_wanted, seed, 0, "n"), minlength=n_available) for seed in range(n_seeds)
    )
    p = n_wanted / n_available
    assert np.abs(counts - n_seeds * p).max() < 6 * np.sqrt(n_seeds * p * (1 - p))


def test_all_are_chosen_where_no_number_is_given() -> None:
    """None is everything, in order."""
    assert choose(7, None, 0, 0, "n").tolist() == list(range(7))


@pytest.mark.parametrize("n_wanted", [0, 101])
def test_more_than_there_are_is_refused(n_wanted: int) -> None:
    """The line says how many there are."""
    with pytest.raises(DataError, match=f"data.train_examples must be 1 to 100, .*, got {n_wanted}"):
        choose(100, n_wanted, 0, 0, "data.train_examples")


@given(
    counts=st.lists(st.integers(0, 40), min_size=1, max_size=8),
    share=st.floats(0.01, 0.99),
    study_seed=st.integers(0, 2**63 - 1),
)
def test_hold_out_takes_the_share_of_every_class(counts: list[int], share: float, study_seed: int) -> None:
    """Both parts together are everything, once; a class gives its share to within one; one example always stays."""
    labels = np.repeat(np.arange(len(counts)), counts).astype(np.int32)
    try:
        train, validation = hold_out(labels, share, study_seed)
    except DataError:
        assert round(share * labels.size) <= sum(n > 0 for n in counts)
        return
    assert sorted([*train, *validation]) == list(range(labels.size))
    assert (np.diff(train) > 0).all()
    assert (np.diff(validation) > 0).all()
    held_out = np.bincount(labels[validation], minlength=len(counts))
    for n, n_held_out in zip(counts, held_out, strict=True):
        assert abs(n_held_out - min(share * n, max(n - 1, 0))) < 1 + 1e-9
        assert n == 0 or n_held_out < n
    if all(np.ceil(share * n) < n for n in counts):
        assert validation.size == round(share * labels.size)


def test_hold_out_depends_on_its_key_alone() -> None:
    """The same study seed holds out the same examples, another one others."""
    first = hold_out(LABELS, 0.2, 3).validation.tolist()
    assert hold_out(LABELS, 0.2, 3).validation.tolist() == first
    assert hold_out(LABELS, 0.2, 4).validation.tolist() != first


def test_hold_out_looks_at_labels_only_to_tell_classes_apart() -> None:
    """Renaming the other classes does not change which examples of a class are held out."""

    def of_class_0(labels: npt.NDArray[np.int32]) -> list[int]:
        validation = hold_out(labels, 0.25, 0).validation
        return validation[labels[validation] == 0].tolist()  # type: ignore[no-any-return]  # NumPy's tolist is Any

    renamed = np.where(LABELS == 0, 0, 10 - LABELS).astype(np.int32)
    assert len(of_class_0(LABELS)) > 0
    assert of_class_0(renamed) == of_class_0(LABELS)


@pytest.mark.parametrize(("n_examples", "share"), [(50, 0.001), (1, 0.9)])
def test_a_share_of_nothing_is_refused(n_examples: int, share: float) -> None:
    """Validation without an example cannot be."""
    with pytest.raises(DataError, match=r"data\.validation must hold out at least one example"):
        hold_out(np.zeros(n_examples, dtype=np.int32), share, 0)


def test_groups_stay_together(tmp_path: Path) -> None:
    """No family is in two splits, and its name is no feature."""
    frame = people().with_columns(pl.col("family").str.slice(1).cast(pl.Int64).alias("number"))
    dataset = load_text(tmp_path, csv(frame), target="rich", group="family", numeric="none")
    assert dataset.preprocessing is not None
    names = [column["name"] for column in dataset.preprocessing["columns"]]  # type: ignore[attr-defined]  # JSON
    assert "family" not in names
    found = [set(getattr(dataset, name).features[:, -1].tolist()) for name in ("train", "validation", "test")]
    assert not found[0] & found[1]
    assert not found[0] & found[2]
    assert not found[1] & found[2]
    assert set().union(*found) == set(range(20))
    assert len(dataset.test) == 24


def test_the_latest_rows_are_tested(tmp_path: Path) -> None:
    """Test examples are later than validation examples, those later than training examples."""
    frame = people().with_columns(pl.col("hired").str.to_date().to_physical().alias("day"))
    dataset = load_text(tmp_path, csv(frame), target="rich", time="hired", numeric="none")
    days = [getattr(dataset, name).features[:, -1] for name in ("train", "validation", "test")]
    assert days[0].max() < days[1].min() <= days[1].max() < days[2].min()
    assert sum(part.size for part in days) == 120


def test_held_out_for_the_test_by_class() -> None:
    """Every class gives the same share to the test, and another draw than the validation's decides which."""
    labels = np.repeat([0, 1], [100, 50]).astype(np.int32)
    test, validation = hold_out(labels, 0.2, 0, "test split"), hold_out(labels, 0.2, 0, "validation split")
    assert np.bincount(labels[test.validation]).tolist() == [20, 10]
    assert test.validation.tolist() != validation.validation.tolist()


def test_groups_come_near_to_the_share() -> None:
    """Groups of very different sizes: the number held out is nearer to the share than any group is large."""
    groups = np.repeat(np.arange(30), np.arange(1, 31)).astype(np.int32)
    for seed in range(20):
        held_out = hold_out_groups(groups, 0.2, seed)
        assert abs(len(held_out.validation) - 0.2 * groups.size) <= 15
        assert not set(groups[held_out.train]) & set(groups[held_out.validation])
        assert held_out.validation.tolist() == hold_out_groups(groups, 0.2, seed).validation.tolist()
    assert len({tuple(hold_out_groups(groups, 0.2, seed).validation) for seed in range(20)}) > 10


def test_equal_times_stay_together() -> None:
    """The examples of the first held-out time are all held out, so that no day is on both sides."""
    times = np.array([1, 2, 3, 3, 3, 4], dtype=np.float64)
    assert hold_out_latest(times, 0.34).validation.tolist() == [2, 3, 4, 5]

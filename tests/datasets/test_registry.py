"""Data sets by name."""

from __future__ import annotations

import pytest

from mlpstudy.datasets import find_dataset, named_datasets
from mlpstudy.errors import DataError


def test_every_listed_name_is_found() -> None:
    """What is listed can be found, and loads as what it says it is."""
    for named in named_datasets():
        found = find_dataset(named.info.name)
        source = found.load()
        assert source.info == named.info
        assert (len(source.train), len(source.test)) == (named.info.n_train, named.info.n_test)


def test_a_near_name_is_offered() -> None:
    """A mistyped name is answered with the right one, under the path where it was written."""
    with pytest.raises(DataError) as caught:
        find_dataset("mnits")
    assert str(caught.value) == "data.name must be the name of a data set, got 'mnits', fix: write \"mnist\""


def test_a_far_name_is_answered_with_all_names() -> None:
    """Where nothing is near, all names are listed."""
    with pytest.raises(DataError, match=r"NAME must .*, fix: one of mnist"):
        find_dataset("cats", "NAME")

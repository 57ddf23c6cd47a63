"""Data sets by name."""

from __future__ import annotations

import pytest

from mlpstudy.datasets import find_dataset, named_datasets
from mlpstudy.errors import DataError

SHIPPED = {"mnist", "breast-cancer", "digits", "iris", "wine"}


def test_every_listed_name_is_found() -> None:
    """What is listed can be found, and what needs no connection reads as what it says it is."""
    listed = {named.info.name for named in named_datasets()}
    assert listed == SHIPPED | {"fashion-mnist", "kmnist"}
    for name in SHIPPED:
        named = find_dataset(name)
        examples = named.read()
        n_test = len(examples.test) if examples.test else 0
        assert (len(examples), n_test) == (named.info.n_train, named.info.n_test)
        assert (examples.class_names, examples.image_shape) == (named.info.class_names, named.info.image_shape)
        assert all(check.ok for check in named.check())


def test_a_table_is_no_set_of_images() -> None:
    """Asking for its images is one line."""
    with pytest.raises(DataError, match="the data set iris must have images and test examples of its own"):
        find_dataset("iris").load()


def test_a_near_name_is_offered() -> None:
    """A mistyped name is answered with the right one, under the path where it was written."""
    with pytest.raises(DataError) as caught:
        find_dataset("mnits")
    assert str(caught.value) == "data.name must be the name of a data set, got 'mnits', fix: write \"mnist\""


def test_a_far_name_is_answered_with_all_names() -> None:
    """Where nothing is near, all names are listed."""
    with pytest.raises(DataError, match=r"NAME must .*, fix: one of breast-cancer, digits, .*, mnist, wine"):
        find_dataset("cats", "NAME")

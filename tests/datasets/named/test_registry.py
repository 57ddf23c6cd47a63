"""Data sets by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlpstudy.datasets import find_dataset, named_datasets
from mlpstudy.datasets.named.registry import DOWNLOADED
from mlpstudy.errors import DataError

DOCS = Path(__file__).parents[3] / "docs"
NAMES = [named.info.name for named in named_datasets()]
SHIPPED = set(NAMES) - {remote.info.name for remote in DOWNLOADED}


def test_every_listed_name_is_found() -> None:
    """What is listed can be found, and what needs no connection reads as what it says it is."""
    assert {"mnist", "breast-cancer", "digits", "iris", "wine"} <= SHIPPED < set(NAMES)
    for name in SHIPPED:
        named = find_dataset(name)
        examples = named.read()
        n_test = len(examples.test) if examples.test else 0
        assert (len(examples), n_test) == (named.info.n_train, named.info.n_test)
        assert (examples.class_names, examples.image_shape) == (named.info.class_names, named.info.image_shape)
        assert all(check.ok for check in named.check())


def test_the_documentation_has_every_named_set_with_its_numbers_and_licence() -> None:
    """docs/data.md names each, with its numbers of examples and classes; whoever adds a set writes them there."""
    table = (DOCS / "data.md").read_text(encoding="utf-8").split("## Data sets with a name")[1].split("```")[0]
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    for named in named_datasets():
        info = named.info
        (row,) = (row for row in rows if f"`{info.name}`" in row)
        for shown in (f"{info.n_train:,}", str(len(info.class_names)), info.licence):
            assert shown in row, (info.name, shown)


def test_the_documentation_has_every_file_that_is_downloaded() -> None:
    """docs/formats.md gives the size and the start of the hash that each is compared with."""
    text = (DOCS / "formats.md").read_text(encoding="utf-8")
    for remote in DOWNLOADED:
        for file in remote.files:
            assert f"`{file.name}` | {file.n_bytes:,} | `{file.sha256[:16]}` |" in text


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
    with pytest.raises(DataError, match=f"NAME must .*, fix: one of {', '.join(NAMES)}"):
        find_dataset("cats", "NAME")

"""What the data tests share: MNIST, read once, and a folder for files that Hypothesis writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlpstudy.datasets import find_dataset

if TYPE_CHECKING:
    from pathlib import Path

    from mlpstudy.datasets import Source


@pytest.fixture(scope="session")
def mnist() -> Source:
    """MNIST as it is in its files."""
    return find_dataset("mnist").load()


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that one test's examples may overwrite again and again."""
    return tmp_path_factory.mktemp("scratch")

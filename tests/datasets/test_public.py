"""What ``mlpstudy.datasets`` offers by name, and what each of it loads."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mlpstudy import datasets


def test_every_public_name_is_found_and_no_other() -> None:
    """Each is imported when it is first used; what is not there is an error of the package."""
    for name in datasets.__all__:
        assert getattr(datasets, name) is not None
    assert datasets.MNIST_FOLDER.is_dir()
    with pytest.raises(AttributeError, match=r"module 'mlpstudy\.datasets' has no attribute 'read_excel'"):
        datasets.read_excel  # noqa: B018  # asking is the point


def test_mnist_loads_without_the_libraries_of_tables_sparse_rows_and_pictures() -> None:
    """A study of a named set of images waits for none of them."""
    code = "import sys; from mlpstudy.datasets import load; from mlpstudy.study import Data"
    code += "; load(Data(name='mnist', train_examples=100), 0); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"polars", "scipy", "PIL", "sklearn", "pooch"} & set(done.stdout.split())

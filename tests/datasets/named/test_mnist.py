"""MNIST: the original, all of it, or nothing."""

from __future__ import annotations

import gzip
import hashlib
import runpy
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from mlpstudy.datasets.named.mnist import FOLDER, SHA256, check_mnist, load_mnist
from mlpstudy.errors import DataError

if TYPE_CHECKING:
    from mlpstudy.datasets import Source


def copy_with(folder: Path, name: str, content: bytes | None) -> Path:
    """Return a folder with the originals, one of them replaced, or missing where there is no content."""
    for other in SHA256:
        if other != name:
            (folder / other).symlink_to(FOLDER / other)
        elif content is not None:
            (folder / other).write_bytes(content)
    return folder


def tampered(name: str) -> bytes:
    """Return an intact gzip file with one bit of its last value changed."""
    content = bytearray(gzip.decompress((FOLDER / name).read_bytes()))
    content[-1] ^= 1
    return gzip.compress(bytes(content), compresslevel=1)


def test_the_rivals_of_the_bench_find_the_same_files() -> None:
    """They read them on their own, from where the package keeps them."""
    rivals = runpy.run_path(str(Path(__file__).parents[3] / "bench" / "rivals" / "mnist.py"))
    assert sorted(path.name for path in rivals["FOLDER"].glob("*.gz")) == sorted(SHA256)


def test_is_what_a_plain_reader_reads(mnist: Source) -> None:
    """Values and labels equal those that gzip and NumPy read on their own."""
    for part, examples in (("train", mnist.train), ("t10k", mnist.test)):
        images = gzip.decompress((FOLDER / f"{part}-images-idx3-ubyte.gz").read_bytes())
        labels = gzip.decompress((FOLDER / f"{part}-labels-idx1-ubyte.gz").read_bytes())
        assert np.array_equal(examples.values.ravel(), np.frombuffer(images, np.uint8, offset=16))
        np.testing.assert_array_equal(examples.labels, np.frombuffer(labels, np.uint8, offset=8))


def test_has_the_numbers_that_are_known_of_it(mnist: Source) -> None:
    """60,000 and 10,000 examples of 784 values, ten classes; mean and spread as everybody uses them."""
    info = mnist.info
    assert mnist.train.values.shape == (info.n_train, 784) == (60_000, 784)
    assert mnist.test.values.shape == (info.n_test, 784) == (10_000, 784)
    assert mnist.train.labels.dtype == mnist.test.labels.dtype == np.int32
    assert np.unique(mnist.train.labels).tolist() == [int(name) for name in info.class_names] == list(range(10))
    counts = np.bincount(mnist.train.values.ravel(), minlength=256)
    scaled = np.arange(256) / 255
    mean = np.average(scaled, weights=counts)
    assert mean == pytest.approx(0.1307, abs=5e-5)
    assert np.average((scaled - mean) ** 2, weights=counts) ** 0.5 == pytest.approx(0.3081, abs=5e-5)


def test_the_list_of_hashes_beside_the_files_is_right() -> None:
    """SHA256SUMS lists the decompressed files, with the hashes that the code checks."""
    lines = (FOLDER / "SHA256SUMS").read_text().splitlines()
    listed = {f"{name}.gz": digest for digest, name in (line.split("  ") for line in lines)}
    assert listed == SHA256
    for name, digest in listed.items():
        assert hashlib.sha256(gzip.decompress((FOLDER / name).read_bytes())).hexdigest() == digest


def test_the_licence_note_names_licence_and_authors() -> None:
    """The note beside the files gives the attribution that their licence asks for."""
    note = (FOLDER / "LICENSE.md").read_text()
    assert [word for word in ("CC BY-SA 3.0", "LeCun", "Cortes", "Burges") if word not in note] == []


@pytest.mark.parametrize("name", SHA256)
def test_a_tampered_file_is_refused_by_name(tmp_path: Path, name: str) -> None:
    """One changed bit in any of the four files is found at loading, and by the check."""
    folder = copy_with(tmp_path, name, tampered(name))
    with pytest.raises(DataError, match=rf"{name} must be the original with SHA-256 {SHA256[name][:16]}") as caught:
        load_mnist(folder)
    assert len(str(caught.value).splitlines()) == 1
    checks = {check.file: check for check in check_mnist(folder)}
    assert [file for file, check in checks.items() if not check.ok] == [name]
    assert checks[name].found_sha256 not in {None, SHA256[name]}
    assert SHA256[name] in (checks[name].problem or "")


@pytest.mark.parametrize("content", [None, b"", (FOLDER / "t10k-labels-idx1-ubyte.gz").read_bytes()[:-1]])
def test_a_missing_or_truncated_file_is_refused_by_name(tmp_path: Path, content: bytes | None) -> None:
    """A file that cannot be read has no hash, and the problem is told."""
    name = "t10k-labels-idx1-ubyte.gz"
    folder = copy_with(tmp_path, name, content)
    with pytest.raises(DataError, match=name):
        load_mnist(folder)
    check = next(check for check in check_mnist(folder) if check.file == name)
    assert (check.ok, check.found_sha256) == (False, None)
    assert name in (check.problem or "")

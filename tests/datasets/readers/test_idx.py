"""The IDX reader: reads what is right, and refuses everything else in one line, whatever the bytes."""

from __future__ import annotations

import gzip
import hashlib
import math
import os
import resource
import struct
import subprocess
import sys
import tracemalloc
import zlib
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.writing import refusal_of
from mlpstudy.datasets import read_idx
from mlpstudy.datasets.opening.limits import MAX_BYTES, PLAUSIBLE_BYTES, PLAUSIBLE_RATIO
from mlpstudy.errors import DataError

compressed = partial(gzip.compress, mtime=0)  # parameters of tests must be the same in every process

MIB = 2**20


def header(*shape: int, kind: int = 0x08) -> bytes:
    """Return the header of an IDX file."""
    return struct.pack(f">BBBB{len(shape)}I", 0, 0, kind, len(shape), *shape)


def zeros_member(n_mib: int, prefix: bytes) -> bytes:
    """Return a gzip member of a prefix and so many MiB of zeros, cut off before its end, in no time.

    After a full flush a MiB of zeros always compresses to the same bytes, which can be repeated.
    """
    deflate = zlib.compressobj(9, zlib.DEFLATED, 31)
    start = deflate.compress(prefix) + deflate.flush(zlib.Z_FULL_FLUSH)
    block = deflate.compress(bytes(MIB)) + deflate.flush(zlib.Z_FULL_FLUSH)
    return start + n_mib * block


refusal = partial(refusal_of, read_idx)


def written(folder: Path, content: bytes) -> Path:
    """Write a file."""
    path = folder / "some-idx-ubyte"
    path.write_bytes(content)
    return path


@given(
    shape=st.lists(st.integers(1, 5), min_size=1, max_size=4),
    is_gzip=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_reads_back_any_array(scratch: Path, shape: list[int], is_gzip: bool, seed: int) -> None:
    """Whatever array was written, gzip-compressed or not, is read: values, shape, hash of the whole file."""
    values = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    content = header(*shape) + values.tobytes()
    file = read_idx(written(scratch, compressed(content) if is_gzip else content))
    np.testing.assert_array_equal(file.values, values)
    assert file.values.dtype == np.uint8
    assert file.sha256 == hashlib.sha256(content).hexdigest()


@given(content=st.binary(max_size=200) | st.binary(max_size=60).map(lambda tail: header(2, 3) + tail))
def test_random_bytes_never_raise_anything_but_a_data_error(scratch: Path, content: bytes) -> None:
    """Random bytes are an array of exactly these bytes, or one line."""
    path = written(scratch, content)
    try:
        values = read_idx(path).values
    except DataError:
        refusal(path)
    else:
        assert content == header(*values.shape) + values.tobytes()


@given(content=st.binary(max_size=200))
def test_random_bytes_in_gzip_never_raise_anything_but_a_data_error(scratch: Path, content: bytes) -> None:
    """The same inside a gzip file, and for bytes that only claim to be gzip."""
    for stored in (compressed(content), b"\x1f\x8b" + content, b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + content):
        path = written(scratch, stored)
        try:
            values = read_idx(path).values
        except DataError:
            refusal(path)
        else:
            assert gzip.decompress(stored) == header(*values.shape) + values.tobytes()


@given(data=st.data(), is_gzip=st.booleans())
def test_a_damaged_file_is_refused_or_intact(scratch: Path, data: st.DataObject, is_gzip: bool) -> None:
    """After a byte is changed, the file is refused, or what is read is what is there and its hash tells."""
    content = header(4, 5) + bytes(range(20))
    stored = bytearray(compressed(content, mtime=0) if is_gzip else content)
    position = data.draw(st.integers(0, len(stored) - 1))
    stored[position] ^= data.draw(st.integers(1, 255))
    path = written(scratch, bytes(stored))
    try:
        file = read_idx(path)
    except DataError:
        refusal(path)
    else:
        whole = header(*file.values.shape) + file.values.tobytes()
        assert file.sha256 == hashlib.sha256(whole).hexdigest()
        assert whole == (gzip.decompress(bytes(stored)) if is_gzip else bytes(stored))


@pytest.mark.parametrize("is_gzip", [False, True])
def test_every_truncation_and_extension_is_refused(tmp_path: Path, is_gzip: bool) -> None:
    """A file cut off anywhere, or with a byte more, is refused."""
    content = header(2, 3) + bytes(6)
    stored = compressed(content) if is_gzip else content
    assert read_idx(written(tmp_path, stored)).values.shape == (2, 3)
    for n_bytes in range(len(stored)):
        refusal(written(tmp_path, stored[:n_bytes]))
    refusal(written(tmp_path, stored + b"\0"))
    refusal(written(tmp_path, stored + compressed(b"")))


@pytest.mark.parametrize("n_extra", [-1, 1])
def test_an_intact_gzip_of_another_length_is_refused(tmp_path: Path, n_extra: int) -> None:
    """A gzip file whose content is shorter or longer than the IDX header says is refused."""
    refusal(written(tmp_path, compressed(header(10) + bytes(10 + n_extra))))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "a file that ends within it"),
        (b"PK\x03\x04" + bytes(20), "50 4b 03 04"),
        (header(2, 2, kind=0x0D) + bytes(16), "type 0x0d (floats)"),
        (header(2, 2, kind=0x77) + bytes(16), "type 0x77 (an unknown type)"),
        (header() + b"\0", "1 to 4 dimensions, got 0"),
        (header(*[1] * 255) + b"\0", "1 to 4 dimensions, got 255"),
        (header(0, 28, 28), "a shape of (0, 28, 28)"),
        (header(3) + bytes(2), "have 11 bytes, as its header says, got 10"),
        (header(3) + bytes(4), "have 11 bytes, as its header says, got 12"),
        (compressed(compressed(header(3) + bytes(3))), "gzip inside gzip"),
        (compressed(header(3) + bytes(2)), "hold 3 values, as its header says, got 2 values"),
        (compressed(header(3) + bytes(4)), "bytes after it"),
        (compressed(header(3) + bytes(3))[:-8], "an end without its checksum"),
        (compressed(header(3) + bytes(3))[:-8] + bytes(8), "incorrect data check"),
    ],
)
def test_says_what_is_wrong(tmp_path: Path, content: bytes, told: str) -> None:
    """Each fault has its own words."""
    assert told in refusal(written(tmp_path, content))


def test_refuses_what_is_no_regular_file(tmp_path: Path) -> None:
    """A missing file, a folder, a pipe that would block, a device without end and an impossible path are one line."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert "no such file" in refusal(tmp_path / "missing")
    assert "too many levels" in refusal(loop)
    for path in (tmp_path, pipe, Path("/dev/zero")):
        assert "a regular file" in refusal(path)
    with pytest.raises(DataError, match="null byte"):
        read_idx("a\0b")


def test_a_file_name_cannot_break_the_line(tmp_path: Path) -> None:
    """A name with a line break or a terminal's escape sequence is shown escaped."""
    with pytest.raises(DataError) as caught:
        read_idx(tmp_path / "two\nlines\x1b[2J")
    assert str(caught.value).isprintable()
    assert "two\\nlines\\x1b[2J" in str(caught.value)


BOMBS = {
    "a plain header that claims 32 GiB": header(2**15, 2**10, 2**10) + bytes(64),
    "a compressed header that claims 32 GiB": compressed(header(2**15, 2**10, 2**10) + bytes(64)),
    "a header whose product overflows 64 bits": compressed(header(*[2**32 - 1] * 4)),
    "as much as is allowed, in a few bytes": compressed(header(MAX_BYTES) + bytes(64)),
    "4 GiB of zeros after ten values": zeros_member(4096, header(10)),
    "900 MiB of zeros, as the header says": zeros_member(900, header(900 * MIB)),
    "gzip in gzip in gzip": compressed(compressed(zeros_member(200, header(10)))),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_bombs_are_refused_before_memory_is_taken(tmp_path: Path, bomb: bytes) -> None:
    """What a header claims, or what a stream would become, takes no memory unless the bytes present bear it out."""
    path = written(tmp_path, bomb)
    tracemalloc.start()
    try:
        refusal(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * MIB


def test_a_dense_file_is_read_while_it_is_small(tmp_path: Path) -> None:
    """Sorted labels compress hundreds of times: that is no bomb below the size where density is checked."""
    n_values = 4 * MIB
    stored = compressed(header(n_values) + bytes(n_values))
    assert n_values / len(stored) > PLAUSIBLE_RATIO
    assert n_values < PLAUSIBLE_BYTES
    assert read_idx(written(tmp_path, stored)).values.size == n_values


def test_the_caller_can_lower_the_cap(tmp_path: Path) -> None:
    """A header may claim up to ``max_bytes`` values and not one more."""
    path = written(tmp_path, header(11) + bytes(11))
    assert read_idx(path, max_bytes=11).values.size == 11
    with pytest.raises(DataError, match="claim at most 10 values"):
        read_idx(path, max_bytes=10)


UNDER_LIMIT = """
import sys
from mlpstudy.datasets import read_idx
from mlpstudy.errors import DataError
for path in sys.argv[1:]:
    try:
        read_idx(path)
    except DataError as error:
        print(error)
"""


def test_bombs_are_refused_under_a_limit_of_one_gib(tmp_path: Path) -> None:
    """With 1 GiB of address space every bomb is one line, and so is an honest file that does not fit."""
    paths = []
    for i, bomb in enumerate(BOMBS.values()):
        paths.append(tmp_path / f"bomb-{i}")
        paths[-1].write_bytes(bomb)
    paths.append(tmp_path / "too-large")
    shape = (1023, MIB)
    with paths[-1].open("wb") as file:
        file.write(header(*shape))
        file.truncate(len(header(*shape)) + math.prod(shape))
    done = subprocess.run(  # our own interpreter
        [sys.executable, "-c", UNDER_LIMIT, *paths],
        capture_output=True,
        check=True,
        text=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30)),
    )
    lines = done.stdout.splitlines()
    assert [path.name in line for path, line in zip(paths, lines, strict=True)] == [True] * len(paths)
    assert "fit into memory" in lines[-1]
    assert "fit into memory" not in "".join(lines[:-1])

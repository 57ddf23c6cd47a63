"""libsvm text: the fast parser reads what the format says, and names the line where a file does not."""

from __future__ import annotations

import gzip
import hashlib
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from datasets.writing import refusal_of
from mlpstudy.datasets.raw import Labelled
from mlpstudy.datasets.readers import libsvm
from mlpstudy.datasets.readers.libsvm import read_libsvm, read_libsvm_rows
from mlpstudy.datasets.readers.libsvm_text import parse_line, parse_lines
from mlpstudy.errors import DataError

compressed = partial(gzip.compress, mtime=0)  # parameters of tests must be the same in every process

TEXT = "+1 1:0.5 3:-2e-3\n-1 2:1\n1\n"

numbers = st.floats(allow_nan=False, allow_infinity=False, width=32).map(repr) | st.integers(-1000, 1000).map(str)
features = st.dictionaries(st.integers(0, 60), numbers, max_size=6).map(
    lambda found: " ".join(f"{index}:{found[index]}" for index in sorted(found))
)
labels = st.sampled_from(["+1", "-1", "0", "2", "1.0", "cat", "käse"])
blanks = st.sampled_from(["", " ", "\t", "\r", " # a comment: 1:2"])
lines = st.builds(lambda label, found, end: f"{label} {found}{end}", labels, features, blanks) | blanks
texts = st.lists(lines, max_size=8).map("\n".join)
damage = st.text(alphabet="0123456789:. \n\t-+eEnaif#,q\x01é", min_size=1, max_size=3)


def written(folder: Path, text: str | bytes, name: str = "data.svm") -> Path:
    """Write a file."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


refusal = partial(refusal_of, read_libsvm)


def sparse(examples: Labelled) -> csr_array:
    """Return the features, which are sparse."""
    assert isinstance(examples.values, csr_array)
    return examples.values


def word_by_word(text: str) -> list[tuple[bytes, list[tuple[int, float]]]]:
    """Return what the slow parser reads."""
    found = []
    for line in text.split("\n"):
        example = parse_line(line.partition("#")[0].encode(), "line")
        if example is not None:
            found.append(example)
    return found


@given(text=texts, place=st.integers(0), junk=damage, is_damaged=st.booleans())
def test_the_fast_parser_reads_what_the_slow_one_reads(text: str, place: int, junk: str, is_damaged: bool) -> None:
    """For texts of the format and for damaged ones: the same labels, indices and values, or a refusal by both."""
    if is_damaged:
        place %= len(text) + 1
        text = text[:place] + junk + text[place:]
    try:
        expected = word_by_word(text)
    except DataError:
        with pytest.raises(DataError):
            parse_lines(text.encode(), 1, "f")
        return
    found = parse_lines(text.encode(), 1, "f")
    assert found.labels.tolist() == [label for label, _ in expected]
    assert found.counts.tolist() == [len(row) for _, row in expected]
    assert found.indices.tolist() == [index for _, row in expected for index, _ in row]
    assert found.values.tolist() == [value for _, row in expected for _, value in row]


@given(data=st.data())
def test_reads_back_any_sparse_matrix(scratch: Path, data: st.DataObject) -> None:
    """What is written row by row is read back, however the text is cut into chunks."""
    n, d = data.draw(st.integers(2, 6)), data.draw(st.integers(1, 7))
    first = data.draw(st.sampled_from([0, 1]))
    values = st.lists(st.sampled_from([0.0, 0.25, -3e8]), min_size=d, max_size=d)
    dense = np.array(data.draw(st.lists(values, min_size=n, max_size=n)))
    dense[0, [0, -1]] = 1  # so that the first and the last column are in the file
    y = [i % 2 for i in range(n)]
    rows = (" ".join(f"{j + first}:{float(row[j])!r}" for j in np.flatnonzero(row)) for row in dense)
    text = "".join(f"{label} {row}\n" for label, row in zip(y, rows, strict=True))
    path = written(scratch, text)
    chunk_bytes, libsvm.CHUNK_BYTES = libsvm.CHUNK_BYTES, data.draw(st.integers(1, 40))
    try:
        examples = read_libsvm(path)
    finally:
        libsvm.CHUNK_BYTES = chunk_bytes
    np.testing.assert_array_equal(sparse(examples).toarray(), dense.astype(np.float32))
    assert (examples.labels.tolist(), examples.first_column) == (y, first)
    assert examples.sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_features_are_canonical_csr_of_float32(tmp_path: Path) -> None:
    """float32 values, int32 indices in ascending order, no explicit zeros; a line without features is an example."""
    examples = read_libsvm(written(tmp_path, TEXT + "-1 1:0 3:7"))
    values = sparse(examples)
    kinds = [str(array.dtype) for array in (values.data, values.indices, values.indptr)]
    assert kinds == ["float32", "int32", "int32"]
    assert values.has_canonical_format
    assert values.toarray().tolist() == [[0.5, 0, np.float32(-2e-3)], [0, 1, 0], [0, 0, 0], [0, 0, 7]]
    assert values.nnz == 4
    assert (examples.labels.tolist(), examples.class_names) == ([1, 0, 1, 0], ("-1", "1"))


def test_gzip_makes_no_difference(tmp_path: Path) -> None:
    """The same examples and the same hash, which is of the text."""
    plain = read_libsvm(written(tmp_path, TEXT))
    packed = read_libsvm(written(tmp_path, compressed(TEXT.encode()), "data.svm.gz"))
    assert packed.sha256 == plain.sha256
    np.testing.assert_array_equal(sparse(packed).toarray(), sparse(plain).toarray())


def test_columns_count_from_0_where_0_occurs(tmp_path: Path) -> None:
    """Otherwise from 1, as the format says."""
    assert read_libsvm(written(tmp_path, "0 1:1\n1 2:1\n")).values.shape == (2, 2)
    assert read_libsvm(written(tmp_path, "0 0:1\n1 2:1\n")).values.shape == (2, 3)


def test_a_test_file_has_the_columns_and_classes_of_the_training_file(tmp_path: Path) -> None:
    """Numbered as the training file is, as wide as it is, its classes in the same order."""
    train = read_libsvm(written(tmp_path, "a 0:1 5:1\nb 2:1\n", "train.svm"))
    test = read_libsvm(written(tmp_path, "b 1:1\nb\n", "test.svm"), like=train)
    assert sparse(test).toarray().tolist() == [[0, 1, 0, 0, 0, 0], [0] * 6]
    assert (test.labels.tolist(), test.class_names, test.first_column) == ([1, 1], ("a", "b"), 0)
    assert test.sha256 != train.sha256


WIDER = {
    "one": (
        "a 1:3 9:1\nb\n",
        "1 feature beyond index 5, the last of the training examples, is left out (1 value in 1 line)",
    ),
    "several": (
        "a 1:3 6:1 7:1\nb 7:2 999999:1\n",
        "3 features beyond index 5, the last of the training examples, are left out (4 values in 2 lines)",
    ),
}


@pytest.mark.parametrize(("text", "line"), WIDER.values(), ids=WIDER)
@pytest.mark.parametrize("chunk_bytes", [1, 2**23])
def test_features_beyond_those_of_training_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, line: str, chunk_bytes: int
) -> None:
    """They are counted in one line, however the text is cut into chunks; a narrower file has the width of training."""
    train = read_libsvm(written(tmp_path, "a 1:1 5:1\nb 2:1\n", "train.svm"))
    monkeypatch.setattr(libsvm, "CHUNK_BYTES", chunk_bytes)
    path = written(tmp_path, compressed(text.encode()), "test.svm.gz")
    test = read_libsvm(path, like=train)
    assert sparse(test).toarray().tolist() == [[3, 0, 0, 0, 0], [0] * 5]
    assert sparse(test).has_canonical_format
    assert test.warnings == (f"{path}: {line}",)
    assert test.labels.tolist() == [0, 1]
    assert read_libsvm(written(tmp_path, "b 3:1\na 5:2"), like=train).warnings == ()


def test_features_are_counted_as_the_training_file_counts_them(tmp_path: Path) -> None:
    """From 0 where it does."""
    train = read_libsvm(written(tmp_path, "a 0:1 4:1\nb 2:1\n", "train.svm"))
    test = read_libsvm(written(tmp_path, "a 4:3 5:1\n"), like=train)
    assert sparse(test).toarray().tolist() == [[0, 0, 0, 0, 3]]
    assert "1 feature beyond index 4" in test.warnings[0]


def test_rows_to_predict_may_have_any_one_label(tmp_path: Path) -> None:
    """A line must have one, also where no class is known; several that are no classes are a slip."""
    train = read_libsvm(written(tmp_path, "a 1:1 2:1\nb 2:1\n", "train.svm"))
    path = written(tmp_path, "0 1:1\n0 2:3 7:1\n", "rows.svm")
    rows = read_libsvm_rows(path, train)
    assert isinstance(rows.values, csr_array)
    assert rows.values.toarray().tolist() == [[1, 0], [0, 3]]
    assert rows.labels is None
    assert rows.warnings[1] == f"{path}: its only label, 0, is no class of the study: no class is known"
    known = read_libsvm_rows(written(tmp_path, "b 1:1\nb 2:3\n"), train)
    assert known.labels is not None
    assert (known.labels.tolist(), known.warnings) == ([1, 1], ())
    with pytest.raises(DataError, match="line 2 must be a class of the training examples, got '0'"):
        read_libsvm_rows(written(tmp_path, "a 1:1\n0 2:3\n"), train)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a 1:1\nc 2:1", "test.svm, line 2 must be a class of the training examples, got 'c', fix: one of a, b"),
        (
            "a 1:1\nb 0:1\na 9:1",
            "test.svm, line 2 must have indices from 1, as the training examples have, got 0, fix: add 1",
        ),
    ],
)
def test_a_test_file_of_other_data_is_refused(tmp_path: Path, text: str, told: str) -> None:
    """A class that the training file has not, or indices that are counted otherwise."""
    train = read_libsvm(written(tmp_path, "a 1:1 2:1\nb 2:1\n", "train.svm"))
    with pytest.raises(DataError, match=told):
        read_libsvm(written(tmp_path, text, "test.svm"), like=train)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "hold at least one example, got an empty file"),
        ("\n# only a comment\n", "hold at least one example"),
        ("1 1:2\n\n0 1:x\n", "line 3 must have a finite number in float32 for feature 1, got 'x'"),
        ("1 1:2\n0 1:nan\n", "line 2 must have a finite number in float32 for feature 1, got 'nan'"),
        ("1 1:2\n0 1:-inf\n", "feature 1, got '-inf'"),
        ("1 1:2\n0 1:1e39\n", "feature 1, got '1e39'"),
        ("1 1:2\n0 1:1.5.3 2:\n", "feature 1, got '1.5.3'"),
        ("1 1:2\n0 1:1_0\n", "feature 1, got '1_0'"),
        ("1 1:2\n0 1:0x10\n", "feature 1, got '0x10'"),
        ("1 1: 2:1\n0 1:1\n", "feature 1, got ''"),
        ("1 3:1 2:1\n", "line 1 must have ascending indices, got 2 after 3, fix: sort the features, each once"),
        ("1 3:1\n1 2:1 2:1\n", "line 2 must have ascending indices, got 2 after 2"),
        ("1 1:2\n0 -1:3\n", "hold features index:value, with an index of 0 to 1000000, got '-1:3'"),
        ("1 1:2\n0 1000001:3\n", "got '1000001:3'"),
        ("1 1:2\n0 99999999999:3\n", "got '99999999999:3'"),
        ("1 1:2\n0 :3\n", "hold features index:value, with an index of 0 to 1000000, got ':3'"),
        ("1 1:2\n0 1:1.5.3\n", "feature 1, got '1.5.3'"),
        ("1 1:2\n0 7\n", "line 2 must hold features index:value, with an index of 0 to 1000000, got '7'"),
        ("1 1:2 3:4:5\n", "feature 3, got '4:5'"),
        ("1:1 2:1\n", "line 1 must start with the label of one class, got '1:1'"),
        ("1,2 2:1\n", "line 1 must start with the label of one class, got '1,2'"),
        ("1 qid:3 2:1\n", "line 1 must hold a label and features, got a qid of ranking data"),
        ("1 1:2\nnan 1:2\n", "line 2 must have a label, got 'nan'"),
        ("1 1:2\n1 1:3\n", "must have at least two classes, got the label 1 alone"),
        ("1\n0\n", "must have 1 to 1000000 features, got 0"),
        ("1 1:2\n\x01 1:3\n", "line 2 must be of 1 to 200 printable characters"),
        ("1 1:2\n" + "x" * 201 + " 1:3\n", "line 2 must start with the label of one class"),
        ("1 1:2\n0 1:3\0\n", "must be text, got a byte 0"),
        (b"1 1:2\n\xff 1:3\n", "line 2 must be text in UTF-8"),
        ("\n".join(f"{i} 1:1" for i in range(1001)), "at most 1000 classes, got 1001 distinct labels"),
        ("\n".join(f"{i} 1:1" for i in range(2001)), "at most 1000 classes, got over 2000 distinct labels"),
        (compressed(compressed(b"1 1:1")), "gzip inside gzip"),
        (compressed(b"1 1:2\n0 1:1") + b"x", "bytes after it"),
        (compressed(b"1 1:2\n0 1:1")[:-2], "an end without its checksum"),
    ],
)
def test_says_where_and_what_is_wrong(tmp_path: Path, text: str | bytes, told: str) -> None:
    """Each fault has its own words, and the number of its line."""
    found = refusal(written(tmp_path, text))
    assert told in found


def test_line_numbers_count_through_all_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault beyond the first chunk is found in its own line."""
    monkeypatch.setattr(libsvm, "CHUNK_BYTES", 64)
    assert "line 501 must" in refusal(written(tmp_path, "1 1:1\n" * 500 + "0 2:x\n" + "1 1:1\n" * 500))


@given(content=st.binary(max_size=60))
def test_random_bytes_never_raise_anything_but_a_data_error(scratch: Path, content: bytes) -> None:
    """Alone and after lines of the format."""
    for stored in (content, TEXT.encode() + content):
        path = written(scratch, stored)
        try:
            examples = read_libsvm(path)
        except DataError:
            refusal(path)
        else:
            assert len(examples) == examples.values.shape[0]

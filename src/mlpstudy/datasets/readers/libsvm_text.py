"""The text of libsvm's sparse format, parsed with whole-array operations.

    line     = [label {blank index ":" value}] ["#" comment]
    index    = digits, ascending within a line
    value    = a decimal number

A chunk of lines is taken apart at once: where tokens, colons and lines begin is found by comparing bytes, indices are
summed up digit by digit for all tokens together, and all values are converted by one call. That reads about 50 MB/s; a
loop over tokens in Python reads 4. Where anything is not as it must be, the loop is run to find and name the place.

Source: https://www.csie.ntu.edu.tw/~cjlin/libsvm/faq.html ("What is the format"), https://www.cs.cornell.edu/people/tj/svm_light/
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mlpstudy.arrays import Float32Array
from mlpstudy.datasets.opening.limits import MAX_FEATURES, MAX_LABEL_CHARACTERS
from mlpstudy.errors import DataError, must

_COLON, _LINE_BREAK, _ZERO = ord(":"), ord("\n"), ord("0")
_COMMENT = re.compile(rb"#[^\n]*")
_INDEX = re.compile(rb"[0-9]{1,9}")
_NUMBER = re.compile(rb"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_MAX_DIGITS = 9
_BLANKS = b" \t\r\n"


def _table(characters: bytes) -> npt.NDArray[np.bool_]:
    """Return for every byte whether it is one of these."""
    table = np.zeros(256, dtype=np.bool_)
    table[list(characters)] = True
    return table


_IS_BLANK = _table(_BLANKS)
_IN_NUMBER = _table(b"0123456789+-.eE")

Bytes = npt.NDArray[np.uint8]
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The examples of some lines.

    Attributes:
        labels: as they are written, one an example, bytes.
        line_numbers: the line of every example.
        counts: number of features of every example.
        indices: of all features, as they are written, int32.
        values: of all features, float32.
    """

    labels: npt.NDArray[np.bytes_]
    line_numbers: Positions
    counts: Positions
    indices: npt.NDArray[np.int32]
    values: Float32Array


def parse_lines(text: bytes, first_line: int, name: str) -> Lines:
    r"""Return the examples of whole lines.

    Args:
        text: lines, the last with or without its line break.
        first_line: number of the first line, for errors.
        name: the file, for errors.

    Raises:
        DataError: a line is not of the format; line and value are named.

    >>> lines = parse_lines(b"+1 1:0.5 3:2\n-1 2:1\n", 1, "a.svm")
    >>> lines.labels.tolist(), lines.counts.tolist(), lines.indices.tolist(), lines.values.tolist()
    ([b'+1', b'-1'], [2, 1], [1, 3, 2], [0.5, 2.0, 1.0])
    """
    plain = _COMMENT.sub(b"", text) if b"#" in text else text
    lines = _parse(np.frombuffer(plain + b"\n", dtype=np.uint8), first_line)
    if lines is None:
        for i, line in enumerate(plain.split(b"\n")):
            parse_line(line, f"{name}, line {first_line + i}")
        raise DataError(must(name, "be libsvm text", "bytes that are none"))
    return lines


def parse_line(line: bytes, what: str) -> tuple[bytes, list[tuple[int, float]]] | None:
    """Return label and features of one line, or None where it is blank: the format, word by word.

    Raises:
        DataError: the line is not of the format.

    >>> parse_line(b"cat 1:0.5 3:2", "line 1")
    (b'cat', [(1, 0.5), (3, 2.0)])
    """
    tokens = [token for token in re.split(rb"[ \t\r]+", line) if token]
    if not tokens:
        return None
    label = tokens[0]
    if b":" in label or b"," in label or len(label) > MAX_LABEL_CHARACTERS:
        fix = "one label a line, then index:value"
        raise DataError(must(what, "start with the label of one class", _shown(label), fix))
    features: list[tuple[int, float]] = []
    for token in tokens[1:]:
        index, value = _feature(token, what)
        if features and index <= features[-1][0]:
            be, found = "have ascending indices", f"{index} after {features[-1][0]}"
            raise DataError(must(what, be, found, "sort the features, each once"))
        features.append((index, value))
    return label, features


def _feature(token: bytes, what: str) -> tuple[int, float]:
    index, colon, value = token.partition(b":")
    if index == b"qid":
        raise DataError(must(what, "hold a label and features", "a qid of ranking data", "remove qid:..."))
    if not colon or not _INDEX.fullmatch(index) or int(index) > MAX_FEATURES:
        be = f"hold features index:value, with an index of 0 to {MAX_FEATURES}"
        raise DataError(must(what, be, _shown(token)))
    with np.errstate(over="ignore"):
        number = np.float32(float(value)) if _NUMBER.fullmatch(value) else np.float32(np.nan)
    if not np.isfinite(number):
        be = f"have a finite number in float32 for feature {index.decode()}"
        raise DataError(must(what, be, _shown(value), "remove the feature, or fill in the value"))
    return int(index), float(number)


def _shown(token: bytes) -> str:
    return token[:40].decode("utf-8", "backslashreplace")


def _parse(text: Bytes, first_line: int) -> Lines | None:
    """Parse a text that ends with a line break; return None where a line is not of the format."""
    is_blank = _IS_BLANK[text]
    borders = np.flatnonzero(is_blank[1:] != is_blank[:-1]) + 1
    if not is_blank[0]:
        borders = np.concatenate([[0], borders])
    starts, ends = borders[::2], borders[1::2]
    line_of = np.searchsorted(np.flatnonzero(text == _LINE_BREAK), starts)
    is_label = np.ones(starts.size, dtype=np.bool_)
    is_label[1:] = line_of[1:] != line_of[:-1]
    labels = _labels(text, starts[is_label], ends[is_label])
    colons = np.flatnonzero(text == _COLON)
    starts, ends = starts[~is_label], ends[~is_label]
    if labels is None or colons.size != starts.size or not ((starts < colons) & (colons < ends - 1)).all():
        return None
    indices = _indices(text, starts, colons)
    values = _values(text, colons + 1, ends)
    if indices is None or values is None:
        return None
    is_first = is_label[:-1][~is_label[1:]]
    is_rising = np.ones(indices.size, dtype=np.bool_)
    is_rising[1:] = indices[1:] > indices[:-1]
    if not (is_rising | is_first).all():
        return None
    rows = np.flatnonzero(is_label)
    counts = np.diff(np.concatenate([rows, [is_label.size]])) - 1
    return Lines(labels, line_of[is_label] + first_line, counts, indices, values)


def _labels(text: Bytes, starts: Positions, ends: Positions) -> npt.NDArray[np.bytes_] | None:
    """Return the labels as an array of bytes of a fixed width."""
    width = int((ends - starts).max(initial=1))
    if width > MAX_LABEL_CHARACTERS:
        return None
    letters = np.zeros((starts.size, width), dtype=np.uint8)
    for i in range(width):
        there = starts + i < ends
        letters[there, i] = text[starts[there] + i]
    if ((letters == ord(",")) | (letters == _COLON)).any():
        return None
    labels: npt.NDArray[np.bytes_] = letters.view(f"S{width}")[:, 0]
    return labels


def _indices(text: Bytes, starts: Positions, colons: Positions) -> npt.NDArray[np.int32] | None:
    """Sum up the digits before every colon, for all of them together."""
    lengths = colons - starts
    longest = int(lengths.max(initial=0))
    if longest > _MAX_DIGITS:
        return None
    indices = np.zeros(starts.size, dtype=np.int32)
    for i in range(longest):
        there = lengths > i
        digits = text[np.where(there, starts + i, 0)].astype(np.int32) - _ZERO
        if ((digits < 0) | (digits > 9))[there].any():  # noqa: PLR2004  # the last digit
            return None
        indices = np.where(there, 10 * indices + digits, indices)
    return None if indices.max(initial=0) > MAX_FEATURES else indices.astype(np.int32)


def _values(text: Bytes, starts: Positions, ends: Positions) -> Float32Array | None:
    """Convert the numbers after every colon with one call, all else blanked out."""
    steps = np.zeros(text.size + 1, dtype=np.int8)
    steps[starts] = 1
    steps[ends] = -1
    is_value = np.cumsum(steps[:-1], dtype=np.int8).astype(np.bool_)
    if not _IN_NUMBER[text[is_value]].all():
        return None
    numbers = _to_numbers(np.where(is_value, text, ord(" ")).tobytes())
    # No value is empty, so that one with two numbers in it ("1.5.2") cannot be made up for elsewhere.
    if numbers is None or numbers.size != starts.size:
        return None
    with np.errstate(over="ignore"):
        values = numbers.astype(np.float32)
    return values if np.isfinite(values).all() else None


def _to_numbers(text: bytes) -> npt.NDArray[Any] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return np.fromstring(text.decode("ascii"), dtype=np.float64, sep=" ") if text.strip() else np.zeros(0)
        except (DeprecationWarning, ValueError):
            return None

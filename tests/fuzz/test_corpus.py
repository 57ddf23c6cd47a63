"""The corpus of the fuzz targets, read without a fuzzer: every input is read or refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz import make_corpus, targets
from mlpstudy.datasets.readers.menu import FORMATS
from mlpstudy.errors import DataError

CORPUS = Path(__file__).parent / "corpus"
INPUTS = sorted(path for path in CORPUS.glob("*/*") if path.is_file())
REFUSED = {
    "arff": {"undeclared"},
    "csv": {"ragged"},
    "excel": {"cut", "password"},
    "idx": {"floats"},
    "idx_gzip": {"gzip"},
    "image_folder": {"flat", "no-training", "splits-in-classes"},
    "npy": {"nan", "text"},
    "npz_members": {"twice"},
    "parquet": {"nested"},
    "parquet_claims": {"nested"},
    "study": {"nested"},
    "table_described": {
        "cp1252-undefined",
        "gzip-cut",
        "gzip-twice",
        "lone-cr",
        "names-twice",
        "one-column",
        "only-names",
        "utf-16-odd",
        "utf-16-surrogate",
        "zeros",
    },
    "table_predicted": {
        "dates-ambiguous",
        "dates-two-forms",
        "dates-year-or-day",
        "infinite",
        "lone-cr",
        "mark-in-quotes",
        "names-twice",
        "one-column",
        "one-row",
        "only-names",
        "thousands-or-decimals",
    },
}


class BrokenError(DataError):
    """An error of the package that is not one line."""

    def __str__(self) -> str:
        return "two\nlines"


def test_every_target_has_seeds() -> None:
    """And every folder of seeds is a target's."""
    assert {path.parent.name for path in INPUTS} == set(targets.TARGETS)


def test_every_format_has_a_target() -> None:
    """What reads files that a stranger sent is fuzzed."""
    names = {known.name.replace(" ", "_") for known in FORMATS}
    assert names <= set(targets.TARGETS)


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_input_is_read_or_refused_in_one_line(path: Path) -> None:
    """No other exception; and what is right is read, or fuzzing would never come behind the first check."""
    was_read = targets.check(path.parent.name, path.read_bytes())
    if not path.name.startswith("found-"):
        assert was_read == (path.name not in REFUSED.get(path.parent.name, set()))


def test_the_seeds_are_those_that_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but what fuzzing found was added by hand, and text is what the maker writes today."""
    monkeypatch.setattr(make_corpus, "CORPUS", tmp_path)
    make_corpus.main()
    written = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.glob("*/*")}
    kept = {path.relative_to(CORPUS): path.read_bytes() for path in INPUTS if not path.name.startswith("found-")}
    assert set(written) == set(kept)
    assert {path for path, content in written.items() if content.isascii() and content != kept[path]} == set()


@pytest.mark.parametrize("fault", [ValueError("a fault"), BrokenError("two\nlines")])
def test_a_fault_is_no_refusal(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    """An exception that is not the package's own comes through; so does a refusal that is not one printable line."""

    def target(_: bytes) -> None:
        raise fault

    monkeypatch.setitem(targets.TARGETS, "idx", target)
    with pytest.raises((ValueError, AssertionError), match=r"a fault|one printable line"):
        targets.check("idx", b"")

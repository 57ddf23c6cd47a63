"""The study file's data: short and long forms, paths, defaults, identity, and one line for what is wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpstudy.errors import StudyError
from mlpstudy.study import Data, Study, load_study, parse_study
from mlpstudy.study.data import looks_like_path

LEVEL = "\n[factors.width.8]\nhidden = [8]\n[factors.width.9]\nhidden = [9]\n"


def study(data: object) -> Study:
    """Return a small study on some data."""
    return Study(name="x", data=data, factors={"width": {"8": {"hidden": [8]}, "9": {"hidden": [9]}}})


@pytest.mark.parametrize(
    ("text", "name", "path"),
    [
        ("mnist", "mnist", None),
        ("adult.csv", None, "adult.csv"),
        ("./pictures", None, "./pictures"),
        ("/data/adult", None, "/data/adult"),
        ("fashion-mnist", "fashion-mnist", None),
    ],
)
def test_a_text_is_a_name_or_a_path(text: str, name: str | None, path: str | None) -> None:
    """With a / or a . in it it is a path."""
    data = study(text).data
    assert (data.name, data.path) == (name, path)
    assert looks_like_path(text) == (path is not None)
    assert data.title == text


def test_curves_are_measured_on_held_out_examples_unless_the_data_are_mnist() -> None:
    """MNIST's studies repeat the notebook; own data have a tenth of the training examples held out."""
    assert study("mnist").data.validation == "test"
    assert study("adult.csv").data.validation == 0.1
    assert study("fashion-mnist").data.validation == 0.1
    assert study({"name": "mnist", "validation": 0.2}).data.validation == 0.2


def test_pairs_and_sizes_have_short_forms() -> None:
    """TOML's arrays become pairs; one number is a square."""
    data = study({"path": ["x.npy", "y.npy"], "test": ["tx.npy", "ty.npy"], "image_size": 28}).data
    assert data.path == ("x.npy", "y.npy")
    assert data.test == ("tx.npy", "ty.npy")
    assert data.image_size == (28, 28)
    assert data.title == "x.npy + y.npy"


def test_the_identity_of_mnist_is_that_of_the_first_version() -> None:
    """Stored studies are found by it: new keys must not change it."""
    assert study("mnist").data.content() == {
        "name": "mnist",
        "validation": "test",
        "train_examples": None,
        "test_examples": None,
    }
    pinned = "88d160b937276e73928dcdc51a413cd3"
    assert load_study("notebook").identity()[:32] == pinned


def test_a_moved_file_leaves_the_identity_alone() -> None:
    """Where the data lie is no part of a study; what its columns are for is, and so is what is held out."""
    base = study({"path": "a.csv", "target": "y"}).identity()
    assert study({"path": "b/c.parquet", "target": "y"}).identity() == base
    assert study({"path": "a.csv", "target": "y", "test": "t.csv"}).identity() == (
        study({"path": "a.csv", "target": "y", "test": "u.csv"}).identity()
    )
    others: list[dict[str, object]] = [
        {"target": "z"},
        {"test": 0.3},
        {"test": "t.csv"},
        {"validation": "v.csv"},
        {"validation": 0.2},
        {"group": "g"},
        {"time": "g"},
        {"numeric": "0-1"},
        {"categorical": ["g"]},
        {"drop": ["g"]},
        {"image_size": 28},
    ]
    identities = [study({"path": "a.csv", "target": "y"} | other).identity() for other in others]
    assert len({base, *identities}) == 1 + len(others)


def test_paths_are_relative_to_the_study_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the program runs, and after seeds or epochs are changed too; the stored fields keep what was written."""
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "own.toml").write_text('name = "own"\ndata = "data/a.csv"' + LEVEL)
    monkeypatch.chdir(tmp_path)
    loaded = load_study("studies/own.toml")
    for made in (loaded, loaded.with_changes(seeds=3, epochs=2)):
        assert made.data.files("data/a.csv") == (Path("studies/data/a.csv"),)
        assert made.to_fields()["data"] == {"path": "data/a.csv"}
    assert loaded.identity() == parse_study('name = "own"\ndata = "data/a.csv"' + LEVEL).identity()
    absolute = os.path.abspath("elsewhere.csv")  # noqa: PTH100  # a text, as in a study file
    assert study(absolute).in_folder(tmp_path).data.files(absolute) == (Path(absolute),)


def test_fields_round_trip() -> None:
    """A study on own data can be made again from its stored fields."""
    made = study({"path": ["x.npy", "y.npy"], "image_size": [2, 3], "validation": "v.npz", "test": 0.25})
    again = Study(**made.to_fields())
    assert again == made
    assert again.identity() == made.identity()


BAD = {
    "data = {}": "data must be given either a name or a path",
    'data = { name = "a", path = "a.csv" }': "data must be given either a name or a path",
    'data = { name = "a.csv" }': "data.name must be the name of a data set; a file or folder has a path instead",
    "data = { path = 3 }": "data.path must be a path in quotes, or two of them in an array: features, labels",
    'data = { path = ["a.npy"] }': "data.path must be a path in quotes, or two of them in an array",
    'data = { path = "" }': "data.path must be a path in quotes",
    'data = { path = "a.csv", taget = "y" }': """a key of data must be known, got 'taget', fix: write "target\"""",
    'data = { path = "a.csv", valdation = 0.1 }': 'fix: write "validation"',
    'data = { path = "a.csv", test = 1.5 }': "data.test must be a share of the examples between 0 and 1, or the path",
    'data = { path = "a.csv", test = "test" }': "data.test must be a share of the examples between 0 and 1",
    'data = { path = "a.csv", validation = 1 }': 'data.validation must be "test" or a share of the training examples',
    'data = { path = "a.csv", numeric = "z" }': "data.numeric must be 'standardise', '0-1' or 'none', got 'z'",
    'data = { path = "a.csv", drop = "x" }': 'data.drop must be an array of names of columns such as ["id"]',
    'data = { path = "a.csv", drop = [""] }': "data.drop[0] must not be empty",
    'data = { path = "a.csv", image_size = 0 }': "data.image_size must be a number of pixels, 1 to 1024, or [rows,",
    'data = { path = "a.csv", image_size = [28] }': "data.image_size must be a number of pixels",
    'data = { path = "a.csv", group = "g", time = "t" }': "data must be split by group or by time, not by both",
    'data = { path = "a.csv", target = "y", drop = ["y"] }': 'data must be given one use of the column "y"',
    'data = { path = "a.csv", target = "y", group = "y" }': 'data must be given one use of the column "y"',
}


@pytest.mark.parametrize(("text", "line"), BAD.items(), ids=BAD)
def test_bad_data_get_one_line(text: str, line: str) -> None:
    """The line names the key and the nearest valid one."""
    with pytest.raises(StudyError) as caught:
        parse_study(f'name = "x"\n{text}{LEVEL}', "study.toml")
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from([*Data.model_fields, "x"]), VALUES, max_size=4))
def test_no_data_whatever_escape_as_another_error(fields: dict[str, object]) -> None:
    """Any content is accepted or a StudyError of one line; what is accepted has an identity and comes round."""
    try:
        made = study({"path": "a.csv", **fields})
    except StudyError as error:
        assert "\n" not in str(error)  # noqa: PT017  # either outcome is right
    else:
        assert Study(**made.to_fields()).identity() == made.identity()

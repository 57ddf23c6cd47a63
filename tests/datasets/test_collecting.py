"""Own data that are no tables, data from Python code, and how any of them are split."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from PIL import Image
from scipy.sparse import csr_array

import mlpstudy
from datasets.writing import csv, dense, load_text, people, sparse, write
from mlpstudy.datasets import Given, load, preprocessing_from_json
from mlpstudy.datasets.named.mnist import FOLDER
from mlpstudy.datasets.splits import hold_out, hold_out_groups, hold_out_latest
from mlpstudy.errors import DataError
from mlpstudy.records import Dataset
from mlpstudy.study import Data, load_study
from mlpstudy.study.data import Scaling

MINE = Data(name="mine")


def numbers(n: int = 90, d: int = 4) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Return features with different means and spreads, and labels of three classes."""
    rng = np.random.default_rng(3)
    return rng.normal(rng.normal(0, 9, d), np.arange(1, d + 1), (n, d)), np.arange(n) % 3


def npy(folder: Path, name: str, values: npt.ArrayLike) -> str:
    """Write an NPY file and return its path."""
    np.save(folder / name, np.asarray(values))
    return str(folder / name)


def same(first: Dataset, second: Dataset) -> None:
    """Check that two data sets hold the same bits in every split."""
    for name in ("train", "validation", "test"):
        one, other = getattr(first, name), getattr(second, name)
        np.testing.assert_array_equal(one.features, other.features, strict=True)
        np.testing.assert_array_equal(one.labels, other.labels, strict=True)
    assert first.class_names == second.class_names
    assert first.preprocessing == second.preprocessing


def test_numbers_are_standardised_by_the_training_examples() -> None:
    """Mean 0 and standard deviation 1 of every feature over the training examples, not over the others."""
    x, y = numbers()
    dataset = load(MINE, 0, Given.of((x, y)))
    np.testing.assert_allclose(dense(dataset.train).mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(dense(dataset.train).std(axis=0), 1, atol=1e-6)
    assert np.abs(dense(dataset.test).mean(axis=0)).max() > 1e-3
    assert dataset.class_names == ("0", "1", "2")
    assert [len(dataset.train), len(dataset.validation), len(dataset.test)] == [65, 7, 18]


@pytest.mark.parametrize("changed", ["validation", "test"])
def test_nothing_is_learned_from_validation_and_test_arrays(changed: str) -> None:
    """Other numbers in those splits leave the preprocessing and the training features as they are."""
    x, y = numbers()
    x[:, 0] = np.arange(len(x))
    plain = load(Data(name="mine", numeric="none"), 0, Given.of((x, y)))
    where = getattr(plain, changed).features[:, 0].astype(int)
    wild = x.copy()
    wild[where] *= 1000
    before, after = load(MINE, 0, Given.of((x, y))), load(MINE, 0, Given.of((wild, y)))
    assert before.preprocessing == after.preprocessing
    np.testing.assert_array_equal(before.train.features, after.train.features)
    assert (getattr(before, changed).features != getattr(after, changed).features).any()


def test_a_constant_feature_becomes_0() -> None:
    """No division by a spread of 0, whatever the constant."""
    x, y = numbers()
    x[:, 1] = 0.1
    scalings: tuple[Scaling, ...] = ("standardise", "0-1")
    for numeric in scalings:
        dataset = load(Data(name="mine", numeric=numeric), 0, Given.of((x, y)))
        assert (dense(dataset.train)[:, 1] == 0).all()
        assert (dense(dataset.test)[:, 1] == 0).all()


@pytest.mark.parametrize("name", ["train", "test", "validation"])
@pytest.mark.parametrize("kind", ["numbers", "pixels", "sparse"])
def test_stored_preprocessing_gives_the_same_bits(kind: str, name: str) -> None:
    """A preprocessing made again from JSON transforms raw values to the features of the run."""
    x, y = numbers()
    raw: object = {"numbers": x.astype(np.float32), "pixels": x.astype(np.uint8), "sparse": csr_array(x * (x > 5))}[
        kind
    ]
    parts = dict.fromkeys(("train", "test", "validation"), (raw, y))
    dataset = load(MINE, 0, Given.of(parts))
    assert dataset.preprocessing is not None
    assert dataset.preprocessing["kind"] == kind
    again = preprocessing_from_json(dataset.preprocessing)
    wanted, found = getattr(dataset, name).features, again.transform(raw)  # type: ignore[arg-type]  # the kind's own
    if kind == "sparse":
        wanted, found = wanted.toarray(), found.toarray()  # type: ignore[union-attr]  # sparse in, sparse out
    np.testing.assert_array_equal(found, wanted, strict=True)


def test_sparse_stays_sparse_and_is_divided_by_the_largest() -> None:
    """CSR in every split, zeros not stored, the largest absolute training value of each feature 1."""
    x, y = numbers(300, 50)
    values = csr_array((np.abs(x) > 10) * x)
    dataset = load(MINE, 0, Given.of((values, y)))
    for examples in (dataset.train, dataset.validation, dataset.test):
        assert isinstance(examples.features, csr_array)
        assert examples.features.dtype == np.float32
        assert examples.features.indices.dtype == np.int32
        assert examples.features.has_canonical_format
    largest = np.abs(sparse(dataset.train).toarray()).max(axis=0)
    assert set(largest[largest > 0]) == {1}
    plain = load(Data(name="mine", numeric="none"), 0, Given.of((values, y)))
    np.testing.assert_array_equal(sparse(plain.train).data, values[:].astype(np.float32)[_rows(plain, values)].data)
    with pytest.raises(DataError, match=r'data\.numeric must keep the zeros of sparse data, got .* fix: "0-1"'):
        load(Data(name="mine", numeric="standardise"), 0, Given.of((values, y)))


def _rows(dataset: Dataset, values: csr_array) -> list[int]:
    """Return where the training examples stand in the whole, found by their contents."""
    dense = values.toarray().astype(np.float32)
    position = {row.tobytes(): i for i, row in enumerate(dense)}
    return sorted(position[row.tobytes()] for row in sparse(dataset.train).toarray())


def test_images_stay_images() -> None:
    """uint8 arrays of rows and columns are divided by 255, and keep shape and raw values."""
    images = np.arange(40 * 6, dtype=np.uint8).reshape(40, 2, 3)
    dataset = load(MINE, 0, Given.of((images, np.arange(40) % 2)))
    assert dataset.image_shape == (2, 3)
    assert dataset.preprocessing == {"kind": "pixels", "scale": 255, "n_features": 6, "shape": [2, 3]}
    assert dataset.train.raw is not None
    np.testing.assert_array_equal(dense(dataset.train), dataset.train.raw / np.float32(255))


def test_files_and_arrays_give_the_same_data(tmp_path: Path) -> None:
    """NPY, NPZ and Python hand over the same numbers, and the same splits come out."""
    x, y = numbers()
    of_code = load(MINE, 0, Given.of((x, y)))
    pair = (npy(tmp_path, "x.npy", x), npy(tmp_path, "y.npy", y))
    same(load(Data(path=pair), 0), of_code)
    np.savez(tmp_path / "xy.npz", x=x, y=y)
    same(load(Data(path=str(tmp_path / "xy.npz")), 0), of_code)


def test_files_of_test_examples(tmp_path: Path) -> None:
    """A pair of files for the test: nothing is held out for it, and its labels are those of the training classes."""
    x, y = numbers()
    pair = (npy(tmp_path, "x.npy", x), npy(tmp_path, "y.npy", y))
    test = (npy(tmp_path, "tx.npy", x[:7] + 1), npy(tmp_path, "ty.npy", [2, 2, 1, 2, 2, 1, 2]))
    dataset = load(Data(path=pair, test=test), 0)
    assert [len(dataset.train), len(dataset.validation), len(dataset.test)] == [81, 9, 7]
    assert dataset.test.labels.tolist() == [2, 2, 1, 2, 2, 1, 2]
    wrong = (test[0], npy(tmp_path, "wy.npy", [2, 2, 1, 2, 2, 1, 7]))
    with pytest.raises(DataError, match=r'tx\.npy must hold classes of the training examples only, got the class "7"'):
        load(Data(path=pair, test=wrong), 0)
    narrow = (npy(tmp_path, "nx.npy", x[:7, :3]), test[1])
    with pytest.raises(DataError, match=r"nx\.npy must have examples of 4 values, .* got 3 values"):
        load(Data(path=pair, test=narrow), 0)


def _write_npy(folder: Path, x: npt.NDArray[np.uint8], y: npt.NDArray[np.uint8]) -> object:
    return npy(folder, "x.npy", x), npy(folder, "y.npy", y)


def _write_npz(folder: Path, x: npt.NDArray[np.uint8], y: npt.NDArray[np.uint8]) -> object:
    np.savez(folder / "d.npz", x=x, y=y)
    return str(folder / "d.npz")


def _write_idx(folder: Path, x: npt.NDArray[np.uint8], y: npt.NDArray[np.uint8]) -> object:
    for name, values in (("images.idx", x), ("labels.idx", y)):
        head = bytes([0, 0, 8, values.ndim]) + np.array(values.shape, ">i4").tobytes()
        (folder / name).write_bytes(head + values.tobytes())
    return str(folder / "images.idx"), str(folder / "labels.idx")


def _write_pictures(folder: Path, x: npt.NDArray[np.uint8], y: npt.NDArray[np.uint8]) -> object:
    for i, (image, label) in enumerate(zip(x, y, strict=True)):
        path = folder / "pictures" / str(label) / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path)
    return str(folder / "pictures")


@pytest.mark.parametrize("key", ["test", "validation"])
@pytest.mark.parametrize("save", [_write_npy, _write_npz, _write_idx, _write_pictures])
def test_files_of_test_and_validation_examples_may_be_of_one_class(
    save: Callable[[Path, npt.NDArray[np.uint8], npt.NDArray[np.uint8]], object], key: str, tmp_path: Path
) -> None:
    """Its label is the one that the training examples have for it; those alone need two."""
    x = np.random.default_rng(0).integers(0, 256, (20, 4, 4)).astype(np.uint8)
    y = np.arange(20, dtype=np.uint8) % 2 + 3
    main, few = tmp_path / "main", tmp_path / "few"
    paths: dict[Path, Any] = {}
    for folder, rows in ((main, slice(None)), (few, slice(1, 6, 2))):
        folder.mkdir()
        paths[folder] = save(folder, x[rows], y[rows])
    dataset = load(Data(path=paths[main], **{key: paths[few]}), 0)
    assert getattr(dataset, key).labels.tolist() == [1, 1, 1]
    with pytest.raises(DataError, match="must have at least two classes"):
        load(Data(path=paths[few]), 0)


def test_libsvm_files_number_the_test_features_as_the_training_file_does(tmp_path: Path) -> None:
    """A test file may use fewer features, never others; how they are numbered is kept for predictions."""
    lines = [f"{i % 2} 1:{i + 1} {i % 3 + 2}:0.5" for i in range(20)]
    write(tmp_path, "\n".join(lines), "train.libsvm")
    write(tmp_path, "0 1:3\n1 2:0.25\n", "test.libsvm")
    data = Data(path="train.libsvm", test="test.libsvm", validation="test", numeric="none").in_folder(tmp_path)
    dataset = load(data, 0)
    assert sparse(dataset.test).toarray().tolist() == [[3, 0, 0, 0], [0, 0.25, 0, 0]]
    assert dataset.preprocessing is not None
    assert dataset.preprocessing["first_column"] == 1
    assert dataset.validation is dataset.test


def test_files_in_the_format_of_mnist_drop_in(tmp_path: Path) -> None:
    """A folder with MNIST's four files by their names is MNIST; the images alone find their labels."""
    for path in FOLDER.glob("t10k-*.gz"):
        shutil.copy(path, tmp_path)
        shutil.copy(path, tmp_path / path.name.replace("t10k", "train"))
    keys: dict[str, Any] = {"train_examples": 500, "test_examples": 100}
    folder = load(Data(path=str(tmp_path), **keys), 0)
    assert folder.image_shape == (28, 28)
    assert [len(folder.train), len(folder.validation), len(folder.test)] == [450, 50, 100]
    plain = tmp_path / "digits-images-idx3-ubyte"
    for what in ("images-idx3", "labels-idx1"):
        with gzip.open(tmp_path / f"t10k-{what}-ubyte.gz") as file:
            (tmp_path / f"digits-{what}-ubyte").write_bytes(file.read())
    alone = load(Data(path=str(plain), **keys), 0)
    assert [len(alone.train), len(alone.test)] == [450, 100]
    np.testing.assert_array_equal(np.bincount(alone.test.labels, minlength=10).sum(), 100)


def test_a_pair_is_refused_where_one_file_is_needed(tmp_path: Path) -> None:
    """Labels beside a file that has its own would be ignored; features alone have none."""
    path = write(tmp_path, csv(people()))
    with pytest.raises(DataError, match=r"x\.npy must be left out, got labels beside a csv file"):
        load(Data(path=(str(path), npy(tmp_path, "x.npy", [1]))), 0)
    with pytest.raises(DataError, match=r'data\.path must be two NPY files, .* fix: \["x\.npy", "labels\.npy"\]'):
        load(Data(path=str(tmp_path / "x.npy")), 0)


def test_the_same_content_at_another_path_is_the_same_data(tmp_path: Path) -> None:
    """Identity is content: a moved or renamed file is the same, another byte is another data set."""
    first = load_text(tmp_path, csv(people()), target="rich")
    moved = write(tmp_path, csv(people()), "other-name.csv")
    assert load(Data(path=str(moved), target="rich"), 0).sha256 == first.sha256
    write(tmp_path, csv(people()) + csv(people(1)).splitlines()[1], "other-name.csv")
    assert load(Data(path=str(moved), target="rich"), 0).sha256 != first.sha256


@pytest.mark.parametrize(
    "keys",
    [
        {"test": 0.3},
        {"validation": 0.2},
        {"validation": "test"},
        {"numeric": "0-1"},
        {"drop": ["age"]},
        {"categorical": ["weight"]},
        {"group": "family"},
        {"time": "hired"},
        {"train_examples": 90},
        {"test_examples": 20},
        {"target": "member"},
    ],
    ids=str,
)
def test_every_key_that_changes_the_data_changes_their_hash(keys: dict[str, Any], tmp_path: Path) -> None:
    """Results on other data never pass for the same run."""
    plain = load_text(tmp_path, csv(people()), target="rich")
    assert load_text(tmp_path, csv(people()), **({"target": "rich"} | keys)).sha256 != plain.sha256
    assert load_text(tmp_path, csv(people()), study_seed=1, target="rich").sha256 != plain.sha256


def test_groups_stay_together(tmp_path: Path) -> None:
    """No family is in two splits, and its name is no feature."""
    frame = people().with_columns(pl.col("family").str.slice(1).cast(pl.Int64).alias("number"))
    dataset = load_text(tmp_path, csv(frame), target="rich", group="family", numeric="none")
    assert dataset.preprocessing is not None
    names = [column["name"] for column in dataset.preprocessing["columns"]]  # type: ignore[attr-defined]  # JSON
    assert "family" not in names
    found = [set(getattr(dataset, name).features[:, -1].tolist()) for name in ("train", "validation", "test")]
    assert not found[0] & found[1]
    assert not found[0] & found[2]
    assert not found[1] & found[2]
    assert set().union(*found) == set(range(20))
    assert len(dataset.test) == 24


def test_the_latest_rows_are_tested(tmp_path: Path) -> None:
    """Test examples are later than validation examples, those later than training examples."""
    frame = people().with_columns(pl.col("hired").str.to_date().to_physical().alias("day"))
    dataset = load_text(tmp_path, csv(frame), target="rich", time="hired", numeric="none")
    days = [getattr(dataset, name).features[:, -1] for name in ("train", "validation", "test")]
    assert days[0].max() < days[1].min() <= days[1].max() < days[2].min()
    assert sum(part.size for part in days) == 120


def test_held_out_for_the_test_by_class() -> None:
    """Every class gives the same share to the test, and another draw than the validation's decides which."""
    labels = np.repeat([0, 1], [100, 50]).astype(np.int32)
    test, validation = hold_out(labels, 0.2, 0, "test split"), hold_out(labels, 0.2, 0, "validation split")
    assert np.bincount(labels[test.validation]).tolist() == [20, 10]
    assert test.validation.tolist() != validation.validation.tolist()


def test_groups_come_near_to_the_share() -> None:
    """Groups of very different sizes: the number held out is nearer to the share than any group is large."""
    groups = np.repeat(np.arange(30), np.arange(1, 31)).astype(np.int32)
    for seed in range(20):
        held_out = hold_out_groups(groups, 0.2, seed)
        assert abs(len(held_out.validation) - 0.2 * groups.size) <= 15
        assert not set(groups[held_out.train]) & set(groups[held_out.validation])
        assert held_out.validation.tolist() == hold_out_groups(groups, 0.2, seed).validation.tolist()
    assert len({tuple(hold_out_groups(groups, 0.2, seed).validation) for seed in range(20)}) > 10


def test_equal_times_stay_together() -> None:
    """The examples of the first held-out time are all held out, so that no day is on both sides."""
    times = np.array([1, 2, 3, 3, 3, 4], dtype=np.float64)
    assert hold_out_latest(times, 0.34).validation.tolist() == [2, 3, 4, 5]


def test_the_curves_on_the_test_set_are_warned_about() -> None:
    """As the notebook did, so a warning says what that means; held-out examples need none."""
    assert load(Data(name="mnist", train_examples=100), 0).warnings[0].startswith('validation = "test": the curves are')
    assert load(Data(name="mnist", train_examples=100, validation=0.1), 0).warnings == ()


def test_python_code_hands_over_a_data_frame(tmp_path: Path) -> None:
    """A Polars frame and one of pandas give what a Parquet file of the same table gives."""
    frame = people()
    frame.write_parquet(tmp_path / "t.parquet")
    data = Data(name="mine", target="rich", drop=("family",))
    wanted = load(Data(path=str(tmp_path / "t.parquet"), target="rich", drop=("family",)), 0)
    same(load(data, 0, Given.of(frame)), wanted)
    same(load(data, 0, Given.of(frame.lazy())), wanted)
    same(load(data, 0, Given.of(_Pandas(frame))), wanted)
    both = load(data, 0, Given.of({"train": frame, "test": frame.head(10)}))
    assert len(both.test) == 10


class _Pandas:
    """The part of a pandas frame that is used."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame
        self.columns = frame.columns

    def __getitem__(self, name: str) -> _Pandas:
        return _Pandas(self._frame.select(name))

    def to_list(self) -> list[object]:
        return [float("nan") if cell is None else cell for cell in self._frame.to_series().to_list()]

    def to_dict(self) -> dict[str, list[object]]:
        return self._frame.to_dict(as_series=False)


X, Y = np.eye(6), ["a", "b"] * 3

BAD: dict[str, tuple[object, str]] = {
    "no data": (3, r"data must be \(features, labels\), a data frame, .* or a dict of them .*, got 'int'"),
    "three arrays": ((X, Y, Y), r"data must be \(features, labels\), .*, got 'tuple'"),
    "another key": ({"trian": (X, Y)}, "a key of data must be one of train, test, validation, got 'trian'"),
    "no training examples": ({"test": (X, Y)}, 'data must have the key "train"'),
    "fewer labels": ((X, Y[:5]), "data, labels must hold one label for each of the 6 examples"),
    "NaN as a label": ((X, [0.0, 1.0, 0.0, 1.0, 0.0, np.nan]), "data, labels: label 5 must be finite, got 'nan'"),
    "None as a label": ((X, np.array(["a", "b", None] * 2, dtype=object)), r"data, labels\[2\] must name a class, got"),
    "a number that is none": ((np.full((6, 2), np.nan), Y), "data, features: row 0, column 0 must be a finite number"),
    "one class": ((X, ["a"] * 6), "data, labels must have at least two classes, got the label a alone"),
    "a class with one example": (
        (X, ["a"] * 5 + ["b"]),
        'mine, class "b" must have at least two examples, got 1 of it',
    ),
    "no rows": (pl.DataFrame({"y": []}), "data must have rows and columns, got 0 rows, 1 columns"),
    "features of text": ((np.array([["a"], ["b"]] * 3), Y), "data, features must hold numbers, got '<U1'"),
    "other test features": ({"train": (X, Y), "test": (X[:, :2], Y)}, r'data\["test"\] must have examples of 6 values'),
}


@pytest.mark.parametrize(("given", "line"), BAD.values(), ids=BAD)
def test_bad_arrays_get_one_line(given: object, line: str) -> None:
    """Arrays are checked like files."""
    with pytest.raises(DataError, match=line) as caught:
        load(Data(name="mine", target="y" if isinstance(given, pl.DataFrame) else None), 0, Given.of(given))
    assert "\n" not in str(caught.value)


IMAGES = np.zeros((6, 2, 2), dtype=np.uint8)

IGNORED: dict[str, tuple[Data, object, str]] = {
    "a size for arrays": (Data(name="mine", image_size=(2, 2)), (X, Y), "data.image_size must be left out, since only"),
    "a scaling for images": (
        Data(name="mine", numeric="0-1"),
        (IMAGES, Y),
        "data.numeric must be left out, since grey",
    ),
    "a share beside test examples": (
        Data(name="mine", test=0.5),
        {"train": (X, Y), "test": (X, Y)},
        "data.test must be left out, since Python code gives test examples, got '0.5', fix: remove the key",
    ),
    "a share beside validation examples": (
        Data(name="mine", validation=0.5),
        {"train": (X, Y), "validation": (X, Y)},
        "data.validation must be left out, since Python code gives validation examples",
    ),
    "a file beside arrays": (Data(name="mine", test="t.csv"), (X, Y), "data.test must be a share where Python code"),
    "a path beside arrays": (Data(path="x.csv"), (X, Y), "data.path must be left out where Python code gives the data"),
}


@pytest.mark.parametrize(("data", "given", "line"), IGNORED.values(), ids=IGNORED)
def test_no_key_is_ignored(data: Data, given: object, line: str) -> None:
    """What cannot be heeded is refused."""
    with pytest.raises(DataError, match=line):
        load(data, 0, Given.of(given))


def test_an_image_size_for_a_table_is_refused(tmp_path: Path) -> None:
    """Only images in folders are resized."""
    with pytest.raises(DataError, match=r"data\.image_size must be left out, since only images in folders"):
        load_text(tmp_path, csv(people()), target="rich", image_size=(2, 2))


BAD_JSON: dict[str, object] = {
    "another kind": {"kind": "pickle"},
    "no kind": {},
    "no object": [1, 2],
    "a scale of 0": {"kind": "numbers", "scaling": "none", "shift": [0.0], "scale": [0.0]},
    "NaN": {"kind": "numbers", "scaling": "none", "shift": [float("nan")], "scale": [1.0]},
    "other lengths": {"kind": "numbers", "scaling": "none", "shift": [0.0, 0.0], "scale": [1.0]},
    "an unknown key": {"kind": "pixels", "n_features": 4, "code": "import os"},
    "another shape": {"kind": "pixels", "n_features": 4, "shape": [3, 3]},
    "no columns": {"kind": "table", "target": "y", "scaling": "none", "columns": []},
    "another column": {"kind": "table", "target": "y", "scaling": "none", "columns": [{"kind": "text", "name": "x"}]},
    "no JSON": {"kind": {1, 2}},
}


@pytest.mark.parametrize("value", BAD_JSON.values(), ids=BAD_JSON)
def test_a_foreign_preprocessing_is_checked(value: object) -> None:
    """It may come from another's file: whatever is in it, one line."""
    with pytest.raises(DataError, match="the stored preprocessing must be") as caught:
        preprocessing_from_json(value)  # type: ignore[arg-type]  # the point of the test
    assert "\n" not in str(caught.value)


def test_a_study_runs_on_a_file_beside_it(tmp_path: Path) -> None:
    """Paths are relative to the study file, wherever the program runs; the target's names are kept."""
    write(tmp_path, csv(people()))
    write(
        tmp_path,
        'name = "own"\n[data]\npath = "table.csv"\ntarget = "rich"\n[training]\nepochs = 2\n'
        "[factors.width.4]\nhidden = [4]\n[factors.width.8]\nhidden = [8]\n",
        "study.toml",
    )
    results = mlpstudy.run(tmp_path / "study.toml", out=tmp_path / "out", epochs=1)
    assert results.results()["status"].to_list() == ["finished", "finished"]
    assert load_study(tmp_path / "study.toml").data.files("table.csv") == (tmp_path / "table.csv",)


def test_a_study_runs_on_arrays(tmp_path: Path) -> None:
    """``mlpstudy.run(study, data=...)``: the study names the data, Python hands them over."""
    study = mlpstudy.Study(
        name="own", data="mine", training={"epochs": 1}, factors={"width": {"4": {"hidden": [4]}, "8": {"hidden": [8]}}}
    )
    results = mlpstudy.run(study, out=tmp_path / "out", data=numbers())
    assert results.results()["status"].to_list() == ["finished", "finished"]
    with pytest.raises(mlpstudy.StoreError, match="must"):
        mlpstudy.run(study, out=tmp_path / "out", data=numbers(99))

"""The data of a study: scaled, split without leaks, repeatable, and hashed by all that decides them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mlpstudy
from datasets.writing import csv, load_text, numbers, people, write
from mlpstudy.datasets import Given, Source, find_dataset, load, scale
from mlpstudy.datasets.named import registry
from mlpstudy.datasets.raw import Labelled
from mlpstudy.datasets.splits import choose
from mlpstudy.errors import DataError
from mlpstudy.records import Examples
from mlpstudy.running.listening import Silence
from mlpstudy.study import Data, load_study

SMALL = Data(name="mnist", validation=0.2, train_examples=500, test_examples=100)


def rows(examples: Examples) -> list[bytes]:
    """Return each example's raw values, to compare examples by what they are."""
    assert examples.raw is not None
    return [row.tobytes() for row in examples.raw]


@pytest.fixture(autouse=True)
def _read_once(mnist: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    """Split and scale the arrays that are in memory: that reading is right is tested where it is done."""
    named = replace(find_dataset("mnist"), load=lambda: mnist)
    monkeypatch.setitem(registry._NAMED, "mnist", named)


@pytest.fixture(scope="module")
def numbered(mnist: Source) -> dict[bytes, int]:
    """The position of every image of MNIST, the test images after the training images."""
    values = np.concatenate([mnist.train.values, mnist.test.values])
    return {row.tobytes(): i for i, row in enumerate(values)}


def test_all_of_mnist_with_the_test_set_as_validation(mnist: Source) -> None:
    """As the notebook had it: 60,000 to learn from; the test examples, the same arrays, as validation."""
    dataset = load(Data(name="mnist"), study_seed=0)
    assert dataset.train.features.shape == (60_000, 784)
    sample = slice(None, None, 7)
    np.testing.assert_array_equal(dataset.train.features[sample], scale(mnist.train.values[sample]))
    np.testing.assert_array_equal(dataset.train.labels, mnist.train.labels)
    np.testing.assert_array_equal(dataset.test.features, scale(mnist.test.values), strict=True)
    np.testing.assert_array_equal(dataset.test.labels, mnist.test.labels)
    assert dataset.validation is dataset.test
    assert dataset.validation_source == "test"
    assert (dataset.n_features, dataset.n_classes, dataset.image_shape) == (784, 10, (28, 28))
    assert dataset.class_names == tuple("0123456789")


def test_every_split_has_the_types_that_engines_expect() -> None:
    """Features float32 in C order, labels int32, raw uint8 of which the features are the scaled values."""
    dataset = load(SMALL, study_seed=0)
    for examples in (dataset.train, dataset.validation, dataset.test):
        assert isinstance(examples.features, np.ndarray)
        assert examples.features.dtype == np.float32
        assert examples.features.flags.c_contiguous
        assert examples.features.flags.aligned
        assert examples.labels.dtype == np.int32
        assert examples.raw is not None
        assert examples.raw.dtype == np.uint8
        np.testing.assert_array_equal(examples.features, scale(examples.raw))
        assert len(examples) == examples.features.shape[0]


def test_the_splits_have_the_numbers_that_were_asked_for() -> None:
    """The validation examples come out of the chosen training examples, in every class the same share."""
    dataset = load(SMALL, study_seed=0)
    assert (len(dataset.train), len(dataset.validation), len(dataset.test)) == (400, 100, 100)
    assert dataset.validation_source == "held out"
    of_train, of_validation = (np.bincount(e.labels, minlength=10) for e in (dataset.train, dataset.validation))
    assert np.abs(of_validation - 0.2 * (of_train + of_validation)).max() < 1


def test_no_example_is_in_two_splits(mnist: Source, numbered: dict[bytes, int]) -> None:
    """Training, validation and test examples are different images, each with its own label, none made up."""
    dataset = load(SMALL, study_seed=0)
    labels = np.concatenate([mnist.train.labels, mnist.test.labels])
    positions = [[numbered[row] for row in rows(e)] for e in (dataset.train, dataset.validation, dataset.test)]
    for found, examples in zip(positions, (dataset.train, dataset.validation, dataset.test), strict=True):
        np.testing.assert_array_equal(labels[found], examples.labels)
    assert len(set().union(*positions)) == 600
    assert max(positions[0] + positions[1]) < 60_000 <= min(positions[2])


def test_loading_again_gives_the_same_bits() -> None:
    """The study seed decides everything."""
    first, again = load(SMALL, study_seed=7), load(SMALL, study_seed=7)
    np.testing.assert_array_equal(first.train.features, again.train.features)
    np.testing.assert_array_equal(first.validation.labels, again.validation.labels)
    assert first.sha256 == again.sha256


def test_the_number_of_test_examples_does_not_touch_the_training_examples(mnist: Source) -> None:
    """Each choice has a stream of its own: training examples index 0, test examples index 1."""
    few = load(SMALL, study_seed=0)
    more = load(SMALL.model_copy(update={"test_examples": 200}), study_seed=0)
    assert rows(few.train) == rows(more.train)
    assert rows(few.validation) == rows(more.validation)
    assert set(rows(few.test)) < set(rows(more.test))
    of_train, of_test = choose(60_000, 500, 0, 0, "n"), choose(10_000, 100, 0, 1, "n")
    assert {*rows(few.train), *rows(few.validation)} == {row.tobytes() for row in mnist.train.values[of_train]}
    assert rows(few.test) == [row.tobytes() for row in mnist.test.values[of_test]]


def test_the_hash_tells_apart_whatever_gives_other_arrays() -> None:
    """Share, numbers and study seed change the hash, each of them."""
    variants = [
        (SMALL, 0),
        (SMALL, 1),
        (SMALL.model_copy(update={"validation": 0.3}), 0),
        (SMALL.model_copy(update={"validation": "test"}), 0),
        (SMALL.model_copy(update={"train_examples": 501}), 0),
        (SMALL.model_copy(update={"test_examples": 101}), 0),
    ]
    assert len({load(data, seed).sha256 for data, seed in variants}) == len(variants)


def test_the_hash_is_the_same_where_the_arrays_are() -> None:
    """Where nothing is drawn the study seed does not matter, and all is all however it is asked for.

    The value itself is pinned because run ids are made from it: another one would orphan every stored study.
    """
    pinned = "f95289403047aa3293cca1c4d25c5dd6409a6163cb596a5840442932ab8cecb6"
    assert load(Data(name="mnist"), study_seed=0).sha256 == pinned
    assert load(Data(name="mnist", train_examples=60_000, test_examples=10_000), study_seed=1).sha256 == pinned


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (Data(name="mnits"), "data.name must be .*, got 'mnits', fix: write \"mnist\""),
        (Data(name="mnist", train_examples=60_001), "data.train_examples must be 1 to 60000, .*, got 60001"),
        (Data(name="mnist", test_examples=10_001), "data.test_examples must be 1 to 10000, .*, got 10001"),
        (Data(name="mnist", train_examples=10, validation=0.01), "data.validation must hold out at least one"),
    ],
)
def test_impossible_requests_are_one_line(data: Data, told: str) -> None:
    """The line names the key of the study file."""
    with pytest.raises(DataError, match=told):
        load(data, study_seed=0)


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


def test_the_same_content_at_another_path_is_the_same_data(tmp_path: Path) -> None:
    """Identity is content: a moved or renamed file is the same, another byte is another data set."""
    first = load_text(tmp_path, csv(people()), target="rich")
    moved = write(tmp_path, csv(people()), "other-name.csv")
    assert load(Data(path=str(moved), target="rich"), 0).sha256 == first.sha256
    write(tmp_path, csv(people()) + csv(people(1)).splitlines()[1], "other-name.csv")
    assert load(Data(path=str(moved), target="rich"), 0).sha256 != first.sha256


def test_the_curves_on_the_test_set_are_warned_about() -> None:
    """As the notebook did, so a warning says what that means; held-out examples need none."""
    assert load(Data(name="mnist", train_examples=100), 0).warnings[0].startswith('validation = "test": the curves are')
    assert load(Data(name="mnist", train_examples=100, validation=0.1), 0).warnings == ()


def test_a_study_runs_on_a_file_beside_it(tmp_path: Path) -> None:
    """Paths are relative to the study file, wherever the program runs; the target's names are kept."""
    write(tmp_path, csv(people()))
    write(
        tmp_path,
        'name = "own"\n[data]\npath = "table.csv"\ntarget = "rich"\n[training]\nepochs = 2\n'
        "[factors.width.4]\nhidden = [4]\n[factors.width.8]\nhidden = [8]\n",
        "study.toml",
    )
    results = mlpstudy.run(tmp_path / "study.toml", out=tmp_path / "out", epochs=1, listener=Silence())
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


def with_own_splits(validation_labels: list[int]) -> Labelled:
    """Examples that come with test and validation examples, as a reader returns them."""
    x, y = np.arange(80, dtype=np.float32).reshape(20, 4), np.arange(20, dtype=np.int32) % 2
    main = Labelled(x, y, ("cat", "dog"), None, "one", warnings=("was read",))
    validation = replace(main, values=x[:2] + 100, labels=np.array(validation_labels, np.int32), sha256="two")
    return replace(main, test=replace(main, values=x[:3] + 200, labels=y[:3]), validation=validation)


def test_validation_examples_of_the_datas_own_are_used() -> None:
    """Where the data say which examples are for validation, these are: nothing is held out of the others."""
    dataset = load(Data(name="mine", numeric="none"), 0, Given(with_own_splits([0, 1])))
    assert (len(dataset.train), len(dataset.validation), len(dataset.test)) == (20, 2, 3)
    assert np.asarray(dataset.validation.features)[0].tolist() == [100, 101, 102, 103]
    assert (dataset.has_own_test, dataset.has_own_validation) == (True, True)
    assert dataset.warnings == ("was read",)
    other = with_own_splits([0, 1])
    assert other.validation is not None
    other = replace(other, validation=replace(other.validation, sha256="three"))
    assert load(Data(name="mine", numeric="none"), 0, Given(other)).sha256 != dataset.sha256


@pytest.mark.parametrize("validation", [0.1, "test"])
def test_the_study_files_validation_goes_before_that_of_the_data(validation: float | str) -> None:
    """A study file that says what validation is gets that, and a line that says what is not used."""
    own = with_own_splits([0, 1])
    data = Data(name="mine", numeric="none", validation=validation)
    dataset = load(data, 0, Given(own))
    without = load(data, 0, Given(replace(own, validation=None)))
    assert dataset.sha256 == without.sha256
    assert not dataset.has_own_validation
    says = f"says validation = {json.dumps(validation)}; without that key they are"
    assert dataset.warnings[1].startswith("mine: 2 validation examples of its own are not used, since the study file")
    assert dataset.warnings[1].endswith(says)


def test_a_class_that_a_split_lacks_is_named() -> None:
    """A class that none of the validation or test examples has is said by name, and not refused."""
    dataset = load(Data(name="mine"), 0, Given(with_own_splits([0, 0])))
    line = 'mine: class "dog" has no validation example, so nothing is measured of it'
    assert dataset.warnings == ("was read", line)

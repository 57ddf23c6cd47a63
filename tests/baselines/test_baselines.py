"""Baselines: against scikit-learn, on dense and sparse data, and where people see them."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.linear_model import LogisticRegression

import mlpstudy
from mlpstudy.baselines.menu import BASELINES, baseline
from mlpstudy.datasets import load
from mlpstudy.records import Dataset
from mlpstudy.store import Store
from mlpstudy.study import Data
from mlpstudy.tasks.menu import BaselineName


@pytest.fixture(scope="module")
def mnist() -> Dataset:
    """Some of MNIST."""
    return load(Data(name="mnist", train_examples=800, test_examples=600), study_seed=0)


def test_majority_class_is_that_of_the_training_examples(mnist: Dataset) -> None:
    """It predicts the commonest training class everywhere, with the shares as probabilities."""
    found = baseline("majority class", mnist)
    counts = np.bincount(mnist.train.labels, minlength=10)
    assert set(found.predicted.tolist()) == {int(counts.argmax())}
    assert found.test_accuracy == np.mean(mnist.test.labels == counts.argmax())
    np.testing.assert_allclose(found.p_true, (counts / counts.sum())[mnist.test.labels], rtol=1e-6)


def test_logistic_regression_is_scikit_learns(mnist: Dataset) -> None:
    """Classes and probabilities agree with scikit-learn's, fitted to convergence with the same penalty."""
    found = baseline("logistic regression", mnist)
    model = LogisticRegression(max_iter=2000, tol=1e-8).fit(mnist.train.features, mnist.train.labels)
    theirs = model.predict_proba(mnist.test.features)
    np.testing.assert_allclose(found.p_true, theirs[np.arange(600), mnist.test.labels], atol=0.01)
    assert found.test_loss == pytest.approx(-np.log(theirs[np.arange(600), mnist.test.labels]).mean(), rel=0.002)
    assert np.mean(found.predicted == theirs.argmax(axis=1)) > 0.99
    assert found.test_accuracy == pytest.approx(model.score(mnist.test.features, mnist.test.labels), abs=0.005)


def test_sparse_features_give_the_same(mnist: Dataset) -> None:
    """Features that are kept sparse lead to the same baseline."""
    sparse = dataclasses.replace(
        mnist,
        train=dataclasses.replace(mnist.train, features=csr_array(mnist.train.features)),
        test=dataclasses.replace(mnist.test, features=csr_array(mnist.test.features)),
    )
    dense, same = (baseline("logistic regression", data) for data in (mnist, sparse))
    np.testing.assert_allclose(same.p_true, dense.p_true, atol=0.02)
    assert np.mean(same.predicted == dense.predicted) > 0.99


def test_a_study_keeps_and_shows_its_baselines(tmp_path: Path) -> None:
    """They are fitted once, stored, and drawn into the accuracies; asking for one later adds it."""
    fields = {
        "name": "scale",
        "data": {"name": "mnist", "train_examples": 320, "test_examples": 128},
        "training": {"epochs": 1},
        "factors": {"width": {"8": {"hidden": [8]}}},
    }
    results = mlpstudy.run(mlpstudy.Study(**fields, baselines=["majority class"]), out=tmp_path / "s")
    assert results.baselines()["baseline"].to_list() == ["majority class"]
    more = mlpstudy.Study(**fields, baselines=["majority class", "logistic regression"])
    results = mlpstudy.run(more, out=tmp_path / "s")
    assert results.baselines()["baseline"].to_list() == ["majority class", "logistic regression"]
    assert results.results().height == 1
    with Store.open(tmp_path / "s") as store:
        from mlpstudy.results import gallery  # noqa: PLC0415  # heavy

        chart = gallery.study_accuracies(store, results.study, results.runs(), results.comparison()).to_dict()
    assert any("For scale: majority class" in line for line in chart["title"]["subtitle"])


def test_an_unknown_baseline_is_refused() -> None:
    """A baseline that does not exist is named with those that do."""
    with pytest.raises(mlpstudy.StudyError, match="majority class"):
        mlpstudy.Study(name="x", data="mnist", factors={"w": {"8": {"hidden": [8]}}}, baselines=["random forest"])


def test_the_menu_is_what_a_study_file_may_name() -> None:
    """Each name has its method, in the order in which a study file's error lists them."""
    assert tuple(BASELINES) == get_args(BaselineName)

"""Accuracy on other data than MNIST, beside scikit-learn's MLPClassifier of the same widths and epochs."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

import mlpstudy
from mlpstudy.datasets import load

ROOT = Path(__file__).resolve().parents[2]
N_SEEDS, EPOCHS, HIDDEN = 6, 30, (24, 12)


@pytest.mark.parametrize(
    "data",
    [{"name": "wine"}, {"name": "breast-cancer"}, {"name": "digits"}, {"path": "penguins.csv", "target": "species"}],
    ids=lambda data: str(data.get("name", data.get("path"))),
)
def test_means_over_seeds_are_not_below_scikit_learns(data: dict[str, Any], tmp_path: Path) -> None:
    """The mean over seeds is not below MLPClassifier's by more than the seeds' own scatter explains."""
    study = mlpstudy.Study(
        name="beside",
        data={"test": 0.3, "validation": 0.1, **data},
        seeds=N_SEEDS,
        training={"epochs": EPOCHS, "batch_size": 16},
        factors={"hidden": {"24-12": {"hidden": HIDDEN}}},
    ).in_folder(ROOT / "studies")
    ours = mlpstudy.run(study, out=tmp_path / "s").results()["test_accuracy"].to_numpy()
    dataset = load(study.data, study.study_seed)
    theirs = []
    for seed in range(N_SEEDS):
        model = MLPClassifier(
            HIDDEN, batch_size=16, max_iter=EPOCHS, random_state=seed, tol=0.0, n_iter_no_change=EPOCHS + 1
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(dataset.train.features, dataset.train.labels)
        theirs.append(model.score(dataset.test.features, dataset.test.labels))
    standard_error = math.sqrt((ours.var(ddof=1) + np.var(theirs, ddof=1)) / N_SEEDS)
    assert ours.mean() >= np.mean(theirs) - 3 * standard_error - 1e-9
    assert ours.mean() > 0.9

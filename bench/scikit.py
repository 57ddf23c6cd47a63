"""Accuracy beside scikit-learn's MLPClassifier: the same examples, widths, batch size, learning rate and epochs.

    python -m bench.scikit            # scikit-learn's bundled sets and a table; two minutes

Both get the features that ``datasets.load`` makes, so the preprocessing is the same; both start from Glorot's uniform
weights (scikit-learn its biases too) and use Adam. MLPClassifier adds an L2 penalty of 1e-4, its default. The seeds are
not paired: the interval is Welch's, at 95 %. Writes ``docs/results/scikit.csv`` and ``.md``.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from scipy import stats
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

import mlpstudy
from mlpstudy.datasets import load
from mlpstudy.engine.provenance import package_version
from mlpstudy.study import Study

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "docs" / "results"
SETS: dict[str, dict[str, Any]] = {
    "iris": {"name": "iris"},
    "wine": {"name": "wine"},
    "breast-cancer": {"name": "breast-cancer"},
    "digits": {"name": "digits"},
    "penguins (table)": {"path": "penguins.csv", "target": "species"},
    "penguins, sex (table)": {"path": "penguins-sexed.csv", "target": "sex"},
}
HIDDEN = (32, 16)
BATCH_SIZE = 32


def study_of(data: dict[str, Any], epochs: int, seeds: int, folder: Path) -> Study:
    """Return the study of one data set."""
    study = Study(
        name="beside-scikit-learn",
        data={"test": 0.3, "validation": 0.1, **data},
        seeds=seeds,
        training={"epochs": epochs, "batch_size": BATCH_SIZE},
        factors={"hidden": {"32-16": {"hidden": list(HIDDEN)}}},
    )
    return study.in_folder(folder)


def ours(study: Study, out: Path) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return our test accuracies, one a seed."""
    return mlpstudy.run(study, out=out).results()["test_accuracy"].to_numpy()


def theirs(study: Study, epochs: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return scikit-learn's, on the same examples."""
    dataset = load(study.data, study.study_seed)
    scores = []
    for seed in range(study.seeds):
        model = MLPClassifier(
            HIDDEN,
            batch_size=min(BATCH_SIZE, len(dataset.train)),
            max_iter=epochs,
            random_state=seed,
            tol=0.0,
            n_iter_no_change=epochs + 1,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(dataset.train.features, dataset.train.labels)
        scores.append(model.score(dataset.test.features, dataset.test.labels))
    return np.array(scores)


def prepare(folder: Path) -> None:
    """Put the tables where the studies look: penguins, and those of known sex."""
    text = (ROOT / "studies" / "penguins.csv").read_text(encoding="utf-8")
    (folder / "penguins.csv").write_text(text, encoding="utf-8")
    head, *rows = text.splitlines()
    known = [row for row in rows if row.split(",")[6] != "NA" and row.split(",")[6]]
    (folder / "penguins-sexed.csv").write_text("\n".join([head, *known]) + "\n", encoding="utf-8")


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=100)
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        for title, data in SETS.items():
            study = study_of(data, options.epochs, options.seeds, folder)
            a, b = ours(study, folder / "runs" / title), theirs(study, options.epochs)
            same = np.ptp(a) == 0 and np.ptp(b) == 0
            interval = None if same else stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
            low, high = (a.mean() - b.mean(),) * 2 if interval is None else (interval.low, interval.high)
            rows.append(
                [title, *(round(100 * float(v), 2) for v in (a.mean(), b.mean(), a.mean() - b.mean(), low, high))]
            )
            print(*rows[-1], flush=True)
    head = ["data", "mlpstudy, %", "MLPClassifier, %", "difference, points", "95 % low", "high"]
    settings = f"hidden layers {HIDDEN}, {options.epochs} epochs, batches of {BATCH_SIZE}"
    lines = [
        f"Mean test accuracy over {options.seeds} seeds, {settings}, the same 70 % / 30 % split.",
        f"mlpstudy {package_version()}, scikit-learn {sklearn.__version__}. `python -m bench.scikit`",
        "",
        "| " + " | ".join(head) + " |",
        "|---|" + "---:|" * (len(head) - 1),
        *("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows),
    ]
    print("\n".join(lines))
    (RESULTS / "scikit.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with (RESULTS / "scikit.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])


if __name__ == "__main__":
    main()

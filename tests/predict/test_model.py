"""A stored study predicts: what its runs recorded, from raw values, with the architecture that the evidence allows."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.sparse import csr_array

import mlpstudy
from helpers import small_study
from mlpstudy.datasets import load
from mlpstudy.errors import DataError, ResultsError
from mlpstudy.predict.choosing import choose
from mlpstudy.predict.ensemble import load_ensemble
from mlpstudy.predict.model import load_model
from mlpstudy.store import Store
from predict.studies import write_images, write_numbers, write_sparse, write_study, write_table

DATA = {
    "mnist": 'name = "mnist"\ntrain_examples = 640\ntest_examples = 256',
    "table": 'path = "people.csv"\ntarget = "rich"',
    "numbers": 'path = ["x.npy", "y.npy"]',
    "sparse": 'path = "words.libsvm"',
    "images": 'path = "pictures"\nimage_size = [12, 10]',
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data of every kind."""
    folder = tmp_path_factory.mktemp("data")
    write_table(folder)
    write_numbers(folder)
    write_sparse(folder)
    write_images(folder)
    return folder


@pytest.mark.parametrize("engine", ["native", "torch"])
@pytest.mark.parametrize("kind", DATA)
def test_the_store_predicts_what_the_runs_recorded(folder: Path, tmp_path: Path, kind: str, engine: str) -> None:
    """Loaded from the store, each network gives every test example the class and probability that its run recorded.

    To the bit where the native engine trained it; PyTorch rounds the same float32 sums in another order.
    """
    tolerance = 0.0 if engine == "native" else 5e-6
    study = mlpstudy.load_study(write_study(folder, DATA[kind]))
    results = mlpstudy.run(study, out=tmp_path / "s", engine=engine)
    dataset = load(study.data, study.study_seed)
    for record in results.runs():
        outcome = results.outcome((record.architecture, record.seed))
        ensemble = load_ensemble(results.store, record.architecture, [record.seed])
        prediction = ensemble.predict(dataset.test.features)
        assert np.array_equal(prediction.predicted, outcome.predicted)
        assert np.abs(prediction.p_predicted - outcome.p_predicted).max() <= tolerance
        assert not prediction.disagreement.any()


def test_more_cores_than_an_engine_has_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine of a thousand cores predicts what any other does."""
    results = mlpstudy.run(small_study(), out=tmp_path / "s")
    few = load_ensemble(results.store, "8", [0], n_threads=1).predict(np.zeros((3, 784), np.float32))
    monkeypatch.setattr("mlpstudy.predict.ensemble.n_cores", lambda: 1000)
    many = load_ensemble(results.store, "8", [0]).predict(np.zeros((3, 784), np.float32))
    np.testing.assert_array_equal(many.p_predicted, few.p_predicted)


def test_an_ensemble_is_the_mean_of_its_seeds(tmp_path: Path) -> None:
    """Probabilities are means in float64, the class is their largest, disagreement counts other votes."""
    results = mlpstudy.run(small_study(), out=tmp_path / "s", seeds=5)
    images = load(results.study.data, 0).test.raw
    assert images is not None
    single = [results.model("8", [seed]).predict_proba(images) for seed in range(5)]
    model = results.model("8")
    assert model.seeds == (0, 1, 2, 3, 4)
    assert model.class_names == tuple("0123456789")
    mean = np.mean(single, axis=0)
    assert model.predict_proba(images).dtype == np.float64
    assert np.abs(model.predict_proba(images) - mean).max() < 1e-15
    votes = np.stack([one.argmax(axis=1) for one in single])
    assert (model.predict(images) == mean.argmax(axis=1)).all()
    assert (model.disagreement(images) == (votes != mean.argmax(axis=1)).mean(axis=0)).all()
    assert model.disagreement(images).max() > 0
    majority = model.predict_all(images).majority
    for i in range(len(images)):
        counts = np.bincount(votes[:, i], minlength=10)
        wanted = model.predict(images)[i]
        assert majority[i] == (wanted if counts[wanted] == counts.max() else counts.argmax())
    assert (majority != model.predict(images)).any()
    assert (model.predict_proba(images.reshape(-1, 28, 28)) == model.predict_proba(images.astype(int))).all()


def test_threads_and_batches_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread or three, one batch or many: the same bits."""
    results = mlpstudy.run(small_study(), out=tmp_path / "s", seeds=2)
    features = load(results.study.data, 0).test.features
    one = load_ensemble(results.store, "16", n_threads=1).predict(features)
    monkeypatch.setattr("mlpstudy.predict.ensemble.BATCH", 100)
    many = load_ensemble(results.store, "16", n_threads=3).predict(features)
    assert (one.probabilities == many.probabilities).all()
    assert (one.disagreement == many.disagreement).all()


def test_the_smallest_of_the_best_tier_is_chosen(tmp_path: Path) -> None:
    """Where the evidence cannot tell, the fewest parameters win; a clearly worse network is never chosen."""
    factors = {"network": {"tiny": {"hidden": [1]}, "small": {"hidden": [24]}, "large": {"hidden": [25]}}}
    data = {"name": "mnist", "train_examples": 2000, "test_examples": 1000}
    results = mlpstudy.run(small_study(factors=factors, data=data), out=tmp_path / "s", seeds=12)
    tiers = {one.architecture: one.tier for one in results.judge().primary.standings}
    assert "a" not in tiers["tiny"]
    best = [name for name, tier in tiers.items() if "a" in tier]
    sizes = {run.architecture: run.n_parameters for run in results.runs()}
    choice = choose(results.store)
    assert choice.architecture == min(best, key=lambda name: sizes[name])
    assert choice.reason == "best tier, fewest parameters"
    assert results.model().architecture == choice.architecture
    assert results.model("large").architecture == "large"


def test_one_seed_gives_no_tiers_so_that_the_best_mean_is_chosen(tmp_path: Path) -> None:
    """A single seed cannot say what is equal: the highest accuracy predicts, or the only architecture."""
    results = mlpstudy.run(small_study(), out=tmp_path / "s")
    best = max(results.runs(), key=lambda run: run.test_accuracy or 0.0)
    assert choose(results.store).architecture == best.architecture
    one = mlpstudy.run(small_study(factors={"width": {"8": {"hidden": [8]}}}), out=tmp_path / "one")
    assert choose(one.store).reason == "only one"


def test_what_is_not_there_gets_one_line(tmp_path: Path) -> None:
    """An unknown architecture, a seed that never ran, a study without a finished run."""
    results = mlpstudy.run(small_study(), out=tmp_path / "s", seeds=2)
    with pytest.raises(ResultsError, match="the architecture must be one of the study small, got '32'"):
        results.model("32")
    for seeds in (3, [0, 7], []):
        with pytest.raises(ResultsError, match="the seeds must be among the 2 finished of 8"):
            results.model("8", seeds)
    training = {"epochs": 1, "batch_size": 64, "learning_rate": 1e6}
    lost = mlpstudy.run(small_study(training=training), out=tmp_path / "lost")
    assert {run.status for run in lost.runs()} == {"diverged"}
    with pytest.raises(ResultsError, match="must have a finished run to predict with, got 2 that diverged"):
        lost.model()


def test_python_values_of_every_kind_predict(folder: Path, tmp_path: Path) -> None:
    """Data frames, arrays and sparse matrices go through the stored preprocessing."""
    models = {}
    for kind in ("table", "numbers", "sparse", "images"):
        study = mlpstudy.load_study(write_study(folder, DATA[kind]))
        models[kind] = mlpstudy.run(study, out=tmp_path / kind).model("plain")
    frame = pl.DataFrame({"job": ["king", "smith"], "age": [70, 30], "height": [None, 180.0]})
    assert [models["table"].class_names[k] for k in models["table"].predict(frame)] == ["yes", "no"]
    assert models["numbers"].predict_proba(np.zeros((4, 5))).shape == (4, 3)
    row = np.zeros((1, models["sparse"].ensemble.n_features))
    row[0, 3] = 1
    dense, sparse = models["sparse"].predict_proba(row), models["sparse"].predict_proba(csr_array(row))
    assert (dense == sparse).all()
    assert models["images"].predict(np.zeros((2, 12, 10), np.uint8)).shape == (2,)
    wrong = (
        (models["table"], frame.drop("age"), 'the rows must have the column "age"'),
        (models["table"], np.zeros((2, 3)), 'value 2 of each row, column "job", must be a text such as baker'),
        (models["numbers"], np.zeros((2, 6)), r"have the shape \(n, 5\)"),
        (models["numbers"], csr_array(row), r"have the shape \(n, 5\)"),
        (models["images"], np.full((1, 120), 0.5), "the values must be grey values"),
        (models["images"], np.zeros((12, 10), np.uint8), r"have the shape \(n, 120\)"),
    )
    with pytest.warns(UserWarning, match='the column "extra" is ignored'):
        further = models["table"].predict_proba(frame.with_columns(extra=1))
    assert (further == models["table"].predict_proba(frame)).all()
    for model, values, message in wrong:
        with pytest.raises(DataError, match=message):
            model.predict_proba(values)


def test_an_example_that_overflows_is_refused_by_its_number(folder: Path, tmp_path: Path) -> None:
    """A network has no class for it: NaN is no probability, and no first class the largest of them."""
    study = mlpstudy.load_study(write_study(folder, DATA["numbers"]))
    ensemble = mlpstudy.run(study, out=tmp_path / "s").model("plain").ensemble
    kernel = ensemble._weights[0]["hidden_1.kernel"]
    features = np.zeros((5, 5), np.float32)
    assert np.isfinite(ensemble.predict(features).probabilities).all()
    features[[2, 4]] = 3.4e38 * np.sign(kernel[:, np.abs(kernel).sum(axis=0).argmax()])
    with pytest.raises(DataError, match=r"^example 3 must have values .*, got NaN for 2 of 5 examples, fix: "):
        ensemble.predict(features)


def test_a_study_of_the_first_version_predicts(tmp_path: Path) -> None:
    """A store that kept no preprocessing, of a named set of images, predicts grey values divided by 255."""
    golden = next((Path(__file__).parents[1] / "store" / "golden").glob("*/study.db")).parent
    shutil.copytree(golden, tmp_path / "old")
    with Store.open(tmp_path / "old") as store:
        assert store.preprocessing() is None
        if store.image_shape is None:
            with pytest.raises(ResultsError, match="must hold the preprocessing of its data"):
                load_model(store)
        else:
            model = load_model(store)
            image = np.zeros((1, *store.image_shape), np.uint8)
            assert model.reader.transform(image).shape == (1, store.n_features)
            # Its weights are drawn, variances below 0 among them.
            with pytest.raises(DataError, match="got NaN for 1 of 1 examples"):
                model.predict_proba(image)

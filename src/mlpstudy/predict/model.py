"""Predicting with a study's networks: an ensemble with the preprocessing of its study."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from mlpstudy.errors import ResultsError, StoreError, must
from mlpstudy.machine.lazy import Lazy
from mlpstudy.predict.ensemble import load_ensemble
from mlpstudy.text.escaping import printable
from mlpstudy.text.words import commas

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from mlpstudy.datasets import loading, new_examples
    from mlpstudy.datasets.new_examples import NewExamples, Reader
    from mlpstudy.datasets.preprocessing import pixels, stored
    from mlpstudy.predict.ensemble import Ensemble, Prediction
    from mlpstudy.store import Store
else:  # They load Polars and Pillow, which a model that is only named does not need.
    loading = Lazy("mlpstudy.datasets.loading")
    new_examples = Lazy("mlpstudy.datasets.new_examples")
    pixels = Lazy("mlpstudy.datasets.preprocessing.pixels")
    stored = Lazy("mlpstudy.datasets.preprocessing.stored")


class Model:
    """An architecture's networks with the preprocessing of their study: from raw values to classes.

    Attributes:
        ensemble: the networks.
        reader: how examples are read and preprocessed.

    >>> import tempfile
    >>> import mlpstudy
    >>> import numpy as np
    >>> study = mlpstudy.Study(
    ...     name="width",
    ...     data={"name": "mnist", "train_examples": 512, "test_examples": 256},
    ...     training={"epochs": 2},
    ...     factors={"width": {"8": {"hidden": [8]}, "16": {"hidden": [16]}}},
    ... )
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model = mlpstudy.run(study, out=f"{folder}/width", seeds=2).model("16")
    >>> images = np.zeros((3, 28, 28), np.uint8)
    >>> model.predict_proba(images).shape, model.predict(images).shape, model.disagreement(images).shape
    ((3, 10), (3,), (3,))
    """

    def __init__(self, store: Store, ensemble: Ensemble, *, are_digits: bool | None = None) -> None:
        self.ensemble = ensemble
        self.reader = _reader(store, are_digits)
        self._store = store

    def __repr__(self) -> str:
        return printable(f"Model({self.architecture}, {len(self.seeds)} seeds, {len(self.class_names)} classes)")

    @property
    def architecture(self) -> str:
        """Name of the architecture."""
        return self.ensemble.architecture

    @property
    def seeds(self) -> tuple[int, ...]:
        """Whose networks they are."""
        return self.ensemble.seeds

    @property
    def class_names(self) -> tuple[str, ...]:
        """One name a class."""
        return self.ensemble.class_names

    @property
    def never_predicted(self) -> tuple[str, ...]:
        """Names of the classes that no seed gave to any test example of the study, though some were of it."""
        return tuple(self.class_names[k] for k in self.ensemble.never)

    def warn(self) -> Model:
        """Warn (``UserWarning``) where some class is never predicted by a model that nobody named, and return it."""
        line = never_line(self)
        if line is not None and self.ensemble.choice.reason != "named":
            warnings.warn(printable(line), stacklevel=3)
        return self

    def predict_all(self, x: object) -> Prediction:
        """Return probabilities, classes and disagreement in one pass.

        Args:
            x: raw values, as the study's own data have them: grey images ``(n, rows, columns)`` or ``(n, d)``, 0-255;
                a data frame (Polars, pandas, anything with Arrow's interface) or a list of dicts with the columns of a
                table; an array, list of rows or sparse matrix ``(n, d)``; or the path of a file, or of several. Rows
                without names are taken for a table's where they have one value for each column that the study uses.

        Raises:
            DataError: they do not fit the study.
        """
        return self._predicted(x)

    def predict_proba(self, x: object) -> npt.NDArray[np.float64]:
        """Return the mean probabilities over the seeds, shape ``(n, n_classes)``; see :meth:`predict_all`."""
        return self._predicted(x).probabilities

    def predict(self, x: object) -> npt.NDArray[np.int32]:
        """Return the class of each example, an index of ``class_names``, shape ``(n,)``; see :meth:`predict_all`."""
        return self._predicted(x).predicted

    def disagreement(self, x: object) -> npt.NDArray[np.float64]:
        """Return the share of the seeds whose own class is another, shape ``(n,)``; see :meth:`predict_all`."""
        return self._predicted(x).disagreement

    def _predicted(self, x: object) -> Prediction:
        """Predict for whoever called a method here: warnings name that line."""
        return self.ensemble.predict(self.reader.transform(x))

    def read(self, paths: Iterable[Path]) -> NewExamples:
        """Return the examples in files, preprocessed for ``ensemble.predict``.

        Raises:
            DataError: a file does not fit the study.
        """
        return self.reader.read(paths)

    def test_examples(self, positions: Sequence[int]) -> NewExamples:
        """Return test examples of the study's own data.

        Args:
            positions: in the study's test set, from 0.

        Raises:
            DataError: the data are not where they were.
            ResultsError: they are other data now, or there is no such position.
        """
        return _test_examples(self._store, positions)


def never_line(model: Model) -> str | None:
    """Return the line that says which classes a model never predicts, None where there is none."""
    if not model.never_predicted:
        return None
    shown = commas(f'"{name}"' for name in model.never_predicted)
    n_seeds = len(model.seeds)
    seeds = f"any of {n_seeds} seeds" if n_seeds > 1 else "its one seed"
    return f"{model.architecture} never predicted {shown} on the study's test examples, in {seeds}"


def load_model(
    store: Store,
    architecture: str | None = None,
    seeds: int | Collection[int] | None = None,
    *,
    are_digits: bool | None = None,
) -> Model:
    """Return the networks of one architecture with the study's preprocessing.

    Args:
        store: the study's folder.
        architecture: see :func:`load_ensemble`.
        seeds: see :func:`load_ensemble`.
        are_digits: pictures in files get MNIST's own preprocessing; where None, those of studies of ``mnist`` do.

    Raises:
        ResultsError: as :func:`load_ensemble`; or the study kept no preprocessing.
        StoreError: as :func:`load_ensemble`.
    """
    ensemble = load_ensemble(store, architecture, seeds)
    return Model(store, ensemble, are_digits=are_digits)


def _reader(store: Store, are_digits: bool | None) -> Reader:
    name = store.study().data.name
    fields = store.preprocessing()
    if fields is not None:
        preprocessing = stored.preprocessing_from_json(fields)
    elif store.image_shape is not None and name is not None:
        # The first version kept none: its studies were of named images, scaled by 255.
        preprocessing = pixels.PixelsPreprocessing(n_features=store.n_features, shape=store.image_shape)
    else:
        raise ResultsError(must(str(store.folder), "hold the preprocessing of its data", "none", "run the study again"))
    if preprocessing.n_features != store.n_features:
        found = f"{preprocessing.n_features} features"
        raise StoreError(must(f"{store.folder}: preprocessing", f"give {store.n_features} features", found))
    return new_examples.Reader(preprocessing, store.class_names, name == "mnist" if are_digits is None else are_digits)


def _test_examples(store: Store, positions: Sequence[int]) -> NewExamples:
    study = store.study()
    dataset = loading.load(study.data, study.study_seed)
    if dataset.sha256 != store.data_sha256:
        be, fix = "be the data that the study was run on", "run it where its study file lies, or put the data back"
        raise ResultsError(must(study.data.title, be, "other data", fix))
    n_test = len(dataset.test)
    for position in positions:
        if not 0 <= position < n_test:
            raise ResultsError(must("a test example", f"be 0 to {n_test - 1}", position))
    rows = list(positions)
    names = tuple(f"test example {position}" for position in rows)
    return new_examples.NewExamples(names, dataset.test.features[rows], dataset.test.labels[rows])

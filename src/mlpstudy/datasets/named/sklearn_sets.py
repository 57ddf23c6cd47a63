"""The data sets that scikit-learn brings along, by name where it is installed.

They have no test examples of their own; a study holds some out. Their features are numbers, also those of the digits
(0 to 16).

Source: https://scikit-learn.org/stable/datasets/toy_dataset.html; all four are of the UCI Machine Learning Repository.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from mlpstudy.datasets.arrays.features import to_features
from mlpstudy.datasets.named.source import DatasetInfo, FileCheck, Source
from mlpstudy.datasets.raw import Labelled
from mlpstudy.errors import DataError, must
from mlpstudy.study.base import content_hash

LICENCE = "CC BY 4.0"


@dataclass(frozen=True, slots=True)
class BundledSet:
    """A data set in scikit-learn.

    Attributes:
        info: what it is.
        function: name of its loader in ``sklearn.datasets``.
    """

    info: DatasetInfo
    function: str

    def read(self) -> Labelled:
        """Return the set.

        Raises:
            DataError: scikit-learn is not installed.

        >>> iris = BUNDLED[2].read()
        >>> iris.values.shape, iris.class_names, iris.feature_names[0]
        ((150, 4), ('setosa', 'versicolor', 'virginica'), 'sepal length (cm)')
        """
        try:
            from sklearn import datasets  # noqa: PLC0415  # optional, and takes a second to import
        except ImportError as error:
            what, fix = f"the data set {self.info.name}", "pip install scikit-learn"
            raise DataError(must(what, "be loaded by scikit-learn", "no scikit-learn here", fix)) from error
        bunch = getattr(datasets, self.function)()
        values = to_features(np.asarray(bunch.data), self.info.name).values
        labels = np.asarray(bunch.target, dtype=np.int32)
        content = (hashlib.sha256(array.tobytes()).hexdigest() for array in (values, labels))
        names = () if self.info.image_shape else tuple(str(name) for name in bunch.feature_names)
        return Labelled(
            values, labels, self.info.class_names, self.info.image_shape, content_hash(list(content)), names
        )

    def load(self) -> Source:
        """Refuse: the set has no test examples of its own.

        Raises:
            DataError: always.
        """
        raise DataError(
            must(f"the data set {self.info.name}", "have images and test examples of its own", "none of them")
        )

    def check(self) -> tuple[FileCheck, ...]:
        """Return nothing: the set has no files of its own; scikit-learn's installation vouches for it."""
        return ()


def _info(name: str, title: str, n: int, classes: tuple[str, ...], authors: str) -> DatasetInfo:
    image_shape = (8, 8) if name == "digits" else None
    return DatasetInfo(name, title, n, 0, image_shape, classes, LICENCE, authors)


BUNDLED = (
    BundledSet(
        _info(
            "breast-cancer",
            "cells of breast masses, 30 measures",
            569,
            ("malignant", "benign"),
            "W. H. Wolberg, O. L. Mangasarian, W. N. Street",
        ),
        "load_breast_cancer",
    ),
    BundledSet(
        _info("digits", "handwritten digits, 8 x 8", 1797, tuple("0123456789"), "E. Alpaydin, C. Kaynak"),
        "load_digits",
    ),
    BundledSet(
        _info("iris", "iris flowers, 4 measures", 150, ("setosa", "versicolor", "virginica"), "R. A. Fisher"),
        "load_iris",
    ),
    BundledSet(
        _info(
            "wine", "wines of three growers, 13 measures", 178, ("class_0", "class_1", "class_2"), "M. Forina et al."
        ),
        "load_wine",
    ),
)

"""What simple methods reach on the same data, for scale: the majority class, and logistic regression.

A network that does not beat them has learned nothing that a line of code would not have found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from mlpstudy.records import Baseline
from mlpstudy.records.arrays import FloatArray
from mlpstudy.tasks.losses import PROBABILITY_CLIP, cross_entropy, softmax

if TYPE_CHECKING:
    from mlpstudy.records import Dataset
    from mlpstudy.study.study import BaselineName

PENALTY = 1.0
"""Weight of the squared coefficients beside the summed loss, halved: scikit-learn's C = 1."""
MOST_ITERATIONS = 200
"""On MNIST, probabilities are then within 0.002 of those at convergence; after 100 within 0.04."""


def baseline(name: BaselineName, dataset: Dataset) -> Baseline:
    """Return what a baseline, fitted on the training examples, does on the test examples.

    Args:
        name: ``"majority class"`` or ``"logistic regression"``.
        dataset: the data, as the networks see them.

    >>> from mlpstudy.datasets import load
    >>> from mlpstudy.study import Data
    >>> mnist = load(Data(name="mnist", train_examples=500, test_examples=500), study_seed=0)
    >>> baseline("majority class", mnist).test_accuracy < 0.2
    True
    >>> baseline("logistic regression", mnist).test_accuracy > 0.8
    True
    """
    probabilities = _FITS[name](dataset)
    labels = dataset.test.labels
    predicted = probabilities.argmax(axis=1).astype(np.int32)
    p_true = np.clip(probabilities[np.arange(labels.size), labels], PROBABILITY_CLIP, 1 - PROBABILITY_CLIP)
    return Baseline(
        name=name,
        test_accuracy=float(np.mean(predicted == labels)),
        test_loss=float(cross_entropy(p_true).mean()),
        predicted=predicted,
        p_true=p_true.astype(np.float32),
    )


def _majority(dataset: Dataset) -> FloatArray:
    """Return the shares of the classes among the training examples, for every test example."""
    shares = np.bincount(dataset.train.labels, minlength=dataset.n_classes) / len(dataset.train)
    return np.broadcast_to(shares, (len(dataset.test), dataset.n_classes))


def _logistic(dataset: Dataset) -> FloatArray:
    """Return the probabilities of a multinomial logistic regression.

    It minimises, over the kernel W and the bias b, by L-BFGS,

        sum_i -ln softmax(x_i W + b)[y_i]  +  (penalty / 2) sum(W^2)

    and the bias is not penalised (Hastie, Tibshirani & Friedman 2009, sections 4.4 and 18.3).
    """
    from scipy.optimize import minimize  # noqa: PLC0415  # heavy

    train, n_classes = dataset.train, dataset.n_classes
    n, d = len(train), dataset.n_features
    rows = np.arange(n)

    def loss_and_gradient(flat: FloatArray) -> tuple[float, FloatArray]:
        kernel, bias = flat[: d * n_classes].reshape(d, n_classes), flat[d * n_classes :]
        errors = softmax(_product(train.features, kernel) + bias)
        loss = -np.log(np.maximum(errors[rows, train.labels], np.finfo(np.float64).tiny)).sum()
        errors[rows, train.labels] -= 1
        gradient = _product(train.features.T, errors) + PENALTY * kernel
        total = loss + PENALTY / 2 * np.square(kernel).sum()
        return total / n, np.concatenate([gradient.ravel(), errors.sum(axis=0)]) / n

    start = np.zeros((d + 1) * n_classes)
    found = minimize(loss_and_gradient, start, jac=True, method="L-BFGS-B", options={"maxiter": MOST_ITERATIONS}).x
    kernel, bias = found[: d * n_classes].reshape(d, n_classes), found[d * n_classes :]
    return softmax(_product(dataset.test.features, kernel) + bias)


def _product(features: Any, matrix: FloatArray) -> FloatArray:  # noqa: ANN401  # an array or a sparse one
    """Multiply in float32, as the data are; sums over examples go on in float64."""
    return np.asarray(features @ matrix.astype(np.float32)).astype(np.float64)


_FITS: dict[str, Callable[[Dataset], FloatArray]] = {"majority class": _majority, "logistic regression": _logistic}

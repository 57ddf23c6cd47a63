"""Which arrays of an archive are features and labels, and of which split: by their names, in any capital letters.

    x, y;  features, labels;  images, labels;  data, target;  ...       all examples
    x_train, y_train;  train_images, train_labels;  ...                 training examples
    x_test, y_test;  x_val, y_val, x_valid, x_validation, x_dev;  ...   test and validation examples

Where ``x`` and ``y`` are there, or ``features`` and ``labels``, they go before other names of the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal, NamedTuple

from mlpstudy.errors import DataError, must
from mlpstudy.text.words import listed

Split = Literal["train", "test", "validation"]
Role = Literal["features", "labels"]

FEATURES = (
    *("x", "features", "feature", "images", "image", "imgs", "img", "data", "inputs", "input", "samples", "x_data"),
    "arr_0",
)
LABELS = ("y", "labels", "label", "targets", "target", "outputs", "output", "y_data")
_FIRST = (("x", "y"), ("features", "labels"))
_SPLITS: dict[Split | None, tuple[str, ...]] = {
    None: ("",),
    "train": ("train", "training", "tr"),
    "test": ("test", "testing", "te"),
    "validation": ("val", "valid", "validation", "dev"),
}
_BETWEEN = ("_", "-", ".", " ", "/", "")
_SHORT = 2
"""Letters of a word that is no part of another word: "try" are no training labels."""
EXAMPLES = "x and y, images and labels, data and target, x_train and y_train, train_images and train_labels, ..."


class Named(NamedTuple):
    """The names of the arrays of one split: their features, and the labels of these."""

    features: str
    labels: str


@dataclass(frozen=True, slots=True)
class Splits:
    """The arrays of each split.

    Attributes:
        train: what training examples are taken from, or the examples of a file of one split; None where it is not known
            which they are.
        test: the test examples, where they are there.
        validation: the validation examples, where they are there.
        without_labels: arrays that would be features, with no labels beside them.
        without_features: arrays that would be labels, with no features beside them.
    """

    train: Named | None = None
    test: Named | None = None
    validation: Named | None = None
    without_labels: tuple[str, ...] = ()
    without_features: tuple[str, ...] = ()


def _spelt(word: str, part: str) -> Iterator[str]:
    """Return a word with the name of a split before or behind it, in all ways."""
    if not part:
        yield word
        return
    for between in _BETWEEN if len(part) > _SHORT else _BETWEEN[:-1]:
        yield f"{word}{between}{part}"
        yield f"{part}{between}{word}"


_WORDS: dict[Role, tuple[str, ...]] = {"features": FEATURES, "labels": LABELS}
_KNOWN: dict[str, tuple[Split | None, Role, str]] = {
    name: (split, role, word)
    for role, words in _WORDS.items()
    for (split, parts), word in product(_SPLITS.items(), words)
    for part in parts
    for name in _spelt(word, part)
}


def name_splits(names: Iterable[str], what: str) -> Splits:
    """Return the arrays of each split that has features and labels.

    Args:
        names: of the arrays, in lower case.
        what: the file, for errors.

    Raises:
        DataError: two arrays may be the features, or the labels, of one split.

    >>> splits = name_splits(["test_images", "train_images", "train_labels"], "a.npz")
    >>> splits.train.labels, splits.test, splits.without_labels
    ('train_labels', None, ('test_images',))
    """
    found = _by_role(names)
    pairs: dict[Split | None, Named] = {}
    lone_features: list[str] = []
    lone_labels: list[str] = []
    for split in _SPLITS:
        features, labels = found.get((split, "features"), {}), found.get((split, "labels"), {})
        if features and labels:
            pairs[split] = _pair(features, labels, what)
        else:
            lone_features += features.values()
            lone_labels += labels.values()
    if len(pairs) == 1:  # a file of one split, such as the test examples beside a file of training examples
        pairs = {None: next(iter(pairs.values()))}
    main = pairs.get("train") or pairs.get(None)
    return Splits(main, pairs.get("test"), pairs.get("validation"), tuple(lone_features), tuple(lone_labels))


def name_rows(names: Collection[str], what: str) -> tuple[str, str | None]:
    """Return the array of features that are to be predicted, and that of their labels where there is one.

    Raises:
        DataError: no array has the name of features, or several have.
    """
    found = _by_role(names)
    splits = [split for split in _SPLITS if (split, "features") in found]
    if len(splits) != 1 and None not in splits:
        be = "hold the features of one set of rows"
        every = [name for split in splits for name in found[split, "features"].values()] or list(names)
        shown = f"the array{'s' if len(every) > 1 else ''} {listed(every)}"
        raise DataError(must(what, be, shown, "numpy.savez(path, x=...)"))
    split = None if None in splits else splits[0]
    features, labels = found[split, "features"], found.get((split, "labels"), {})
    if labels:
        return _pair(features, labels, what)
    return _one(features, "features", what), None


def _by_role(names: Iterable[str]) -> dict[tuple[Split | None, Role], dict[str, str]]:
    """Return the arrays of known names by split and role: by the word for it, their names."""
    found: dict[tuple[Split | None, Role], dict[str, str]] = {}
    for name in names:
        if name in _KNOWN:
            split, role, word = _KNOWN[name]
            found.setdefault((split, role), {})[word] = name
    return found


def _pair(features: dict[str, str], labels: dict[str, str], what: str) -> Named:
    for x, y in _FIRST:
        if x in features and y in labels:
            return Named(features[x], labels[y])
    return Named(_one(features, "features", what), _one(labels, "labels", what))


def _one(there: dict[str, str], role: Role, what: str) -> str:
    """Return the one array of a role; refuse several, but the flat copy of images that scikit-learn's sets have."""
    if there.keys() == {"data", "images"}:
        return there["images"]
    if len(there) > 1:
        fix = "numpy.savez(path, x=..., y=...) with those that are meant"
        raise DataError(must(what, f"hold one array of {role}", listed(sorted(there.values())), fix))
    return next(iter(there.values()))

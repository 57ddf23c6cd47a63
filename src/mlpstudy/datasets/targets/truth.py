"""Truth values as classes: the same ones, however a file or a library writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mlpstudy.datasets.targets.naming import normal

TRUE = frozenset({"true", "t", "yes", "y", "1", "on", "ja", "j", "wahr", "oui", "vrai", "si", "sí"})
FALSE = frozenset({"false", "f", "no", "n", "0", "off", "nein", "falsch", "non", "faux"})
_PLAIN = ("false", "true")
_TWO = 2


def in_one_spelling(names: Sequence[str]) -> list[str]:
    """Return names with ``true`` and ``false`` in small letters, where they are nothing else.

    Parquet and data frames have truth values without letters, CSV has those of the program that wrote it.

    >>> in_one_spelling(["True", "FALSE"]), in_one_spelling(["True", "False", "Maybe"])
    (['true', 'false'], ['True', 'False', 'Maybe'])
    """
    small = [name.lower() for name in names]
    return small if set(small) <= set(_PLAIN) else list(names)


def same_truth(label: str, names: Sequence[str]) -> int | None:
    """Return which of two classes is the truth value that a label is another word for, None where there is none.

    >>> same_truth("Yes", ("false", "true")), same_truth("yes", ("1", "2")), same_truth("perhaps", ("no", "yes"))
    (1, None, None)
    """
    meant = _truth(label)
    values = [_truth(name) for name in names]
    if len(names) != _TWO or meant is None or set(values) != {True, False}:
        return None
    return values.index(meant)


def other_words(labels: Iterable[str], names: Sequence[str], what: str) -> tuple[str, ...]:
    """Return a warning where labels are other words for truth values than the classes are named by.

    >>> other_words(["Yes", "no"], ("false", "true"), "test.csv")
    ('test.csv: "Yes" is taken for the class "true", "no" for "false"',)
    """
    known = {normal(name).lower() for name in names}
    found = {label: same_truth(label, names) for label in labels if normal(label).lower() not in known}
    told = [(label, names[k]) for label, k in found.items() if k is not None]
    if not told:
        return ()
    (first, name), *rest = told
    more = "".join(f', "{label}" for "{of}"' for label, of in rest)
    return (f'{what}: "{first}" is taken for the class "{name}"{more}',)


def is_word(text: str) -> bool:
    """Say whether a text is a word for a truth value."""
    return _truth(text) is not None


def _truth(word: str) -> bool | None:
    small = normal(word).lower()
    return True if small in TRUE else False if small in FALSE else None

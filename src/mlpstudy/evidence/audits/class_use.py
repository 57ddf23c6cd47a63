"""Which classes the networks ever give: an accuracy says nothing of a class that is rare.

With labels y[i] and what run s predicts, c[s, i], of the N test examples, for each class k that some of them are of:

    silent seeds of k   #{s : no i with c[s, i] = k}

and the commonest class k* with its share, #{i : y[i] = k*} / N: the accuracy of always answering it. An architecture
is **mute** where some class is given by none of its seeds, and its mean accuracy is no higher than that share.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.text.numerals import percent
from mlpstudy.text.words import commas, counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from mlpstudy.evidence.sample import StudySample

MOST_LINES = 5
"""Sentences about silent seeds, those first of classes that no seed gives."""
LEAST_FOR_PERFECT = 20
"""Test examples from which on being right on all of them is remarkable."""
MORE_THAN_EQUAL = 0.05
"""By how much the commonest class must exceed an equal share for its own to be said without a fault."""


@dataclass(frozen=True, slots=True)
class ArchitectureUse:
    """Which classes the finished runs of one architecture give to test examples.

    Attributes:
        architecture: its name.
        n_seeds: number of its finished runs.
        n_silent: a class: seeds that give it to no test example; 0 where no test example is of it.
        accuracy: mean test accuracy; None without a finished run.
        is_mute: some class is given by no seed, and always giving the commonest class would be as accurate.
    """

    architecture: str
    n_seeds: int
    n_silent: tuple[int, ...]
    accuracy: float | None
    is_mute: bool

    @property
    def never(self) -> tuple[int, ...]:
        """Classes that no seed gives to any test example."""
        return tuple(k for k, n in enumerate(self.n_silent) if n and n == self.n_seeds)


@dataclass(frozen=True, slots=True)
class ClassUse:
    """Which classes a study's networks give to test examples, beside the commonest one.

    Attributes:
        architectures: in the order of the study.
        commonest: the class of most test examples, the first of equals.
        share: their share (0 to 1): the accuracy of always giving that class.
        n_examples: number of test examples.
    """

    architectures: tuple[ArchitectureUse, ...]
    commonest: int
    share: float
    n_examples: int

    def of(self, name: str) -> ArchitectureUse:
        """Return the use of one architecture, by name."""
        return next(one for one in self.architectures if one.architecture == name)

    @property
    def no_better(self) -> tuple[str, ...]:
        """Architectures whose mean accuracy is no higher than that of always giving the commonest class."""
        return tuple(a.architecture for a in self.architectures if a.accuracy is not None and a.accuracy <= self.share)


def silent_seeds(predicted: npt.NDArray[np.int32], labels: npt.NDArray[np.int32], n_classes: int) -> tuple[int, ...]:
    """Return for each class how many seeds give it to no test example; 0 where no test example is of it.

    Args:
        predicted: predicted classes, shape ``(n seeds, N)``.
        labels: true classes, shape ``(N,)``.
        n_classes: number of classes.

    >>> silent_seeds(np.array([[0, 0, 0], [0, 1, 0]], np.int32), np.array([0, 1, 1], np.int32), 3)
    (0, 1, 0)
    """
    gives = np.array([np.bincount(row, minlength=n_classes) for row in predicted]).reshape(-1, n_classes) > 0
    is_there = np.bincount(labels, minlength=n_classes) > 0
    return tuple(np.where(is_there, (~gives).sum(axis=0), 0).tolist())


def class_use(
    predicted: Mapping[str, npt.NDArray[np.int32]], labels: npt.NDArray[np.int32], n_classes: int
) -> ClassUse:
    """Return which classes the networks of a study give to test examples.

    Args:
        predicted: predicted classes of the finished runs of each architecture, shape ``(n seeds, N)``.
        labels: true classes, shape ``(N,)``.
        n_classes: number of classes.
    """
    counts = np.bincount(labels, minlength=n_classes)
    most = int(counts.max())
    found = []
    for name, own in predicted.items():
        n_seeds, n_right = len(own), int((own == labels).sum())
        n_silent = silent_seeds(own, labels, n_classes)
        is_mute = any(n and n == n_seeds for n in n_silent) and n_right <= n_seeds * most
        accuracy = n_right / (n_seeds * labels.size) if n_seeds else None
        found.append(ArchitectureUse(name, n_seeds, n_silent, accuracy, is_mute))
    return ClassUse(tuple(found), int(counts.argmax()), most / labels.size, labels.size)


def sample_class_use(sample: StudySample, n_classes: int) -> ClassUse:
    """Return the same of the sample that is judged."""
    return class_use({one.name: one.predicted for one in sample.architectures}, sample.labels, n_classes)


def class_lines(use: ClassUse, class_names: Sequence[str]) -> tuple[str, ...]:
    """Return what is to be said: classes that are never given, who is no better than the commonest, who is perfect.

    >>> quiet = ArchitectureUse("32-plain", 5, (0, 5), 0.968, is_mute=True)
    >>> other = ArchitectureUse("16-plain", 5, (0, 0), 0.971, is_mute=False)
    >>> for line in class_lines(ClassUse((quiet, other), 0, 0.968, 1500), ("no", "yes")):
    ...     print(line)
    32-plain never predicts "yes" in any of 5 seeds.
    Always answering "no" has an accuracy of 96.80 % on the 1,500 test examples; that of 32-plain is no higher.
    """
    n_known = sum(one.n_seeds > 0 for one in use.architectures)
    lines = [_silence(group, names, n_known, class_names) for group, names in _groups(use).items()]
    if len(lines) > MOST_LINES:
        lines[MOST_LINES:] = [f"And {len(lines) - MOST_LINES} more of the kind: class_use of mlpstudy show --json."]
    low = use.no_better
    if lines or low:
        beaten = "; no architecture's is higher" if _are_all(low, n_known) else f"; that of {commas(low)} is no higher"
        lines.append(f"{_always(use, class_names)}{beaten if low else ''}.")
    perfect = _perfect(use, n_known)
    return (*lines, *((perfect,) if perfect else ()))


def majority_line(use: ClassUse, class_names: Sequence[str]) -> str | None:
    """Return what always answering the commonest class would reach; None where the classes are about equally common.

    >>> majority_line(ClassUse((), 0, 0.7, 1500), ("no", "yes"))
    'Always answering "no" has an accuracy of 70.00 % on the 1,500 test examples.'
    >>> majority_line(ClassUse((), 0, 0.5, 1500), ("no", "yes")) is None
    True
    """
    return f"{_always(use, class_names)}." if use.share >= 1 / len(class_names) + MORE_THAN_EQUAL else None


def _perfect(use: ClassUse, n_known: int) -> str | None:
    """Return the sentence of architectures that are right on every test example in every seed; None without any."""
    names = [one.architecture for one in use.architectures if one.accuracy == 1.0]
    if not names or use.n_examples < LEAST_FOR_PERFECT or use.share == 1:
        return None
    who = "Every architecture" if _are_all(names, n_known) else commas(names)
    verb = "is" if len(names) == 1 or _are_all(names, n_known) else "are"
    return (
        f"{who} {verb} right on all {use.n_examples:,} test examples in every seed: before that is believed, look for"
        " what gives the class away, and for test examples that were trained on (mlpstudy data show)."
    )


def class_words(use: ClassUse, class_names: Sequence[str], *, has_baseline: bool) -> tuple[tuple[str, ...], str | None]:
    """Return the lines of ``class_lines``, and that of ``majority_line`` where nothing else says the same.

    Args:
        use: which classes are given.
        class_names: one name a class.
        has_baseline: the study names the majority class as a baseline.
    """
    lines = class_lines(use, class_names)
    is_said = has_baseline or any(line.startswith(_always(use, class_names)) for line in lines)
    return lines, None if is_said else majority_line(use, class_names)


def _always(use: ClassUse, class_names: Sequence[str]) -> str:
    examples = "one test example" if use.n_examples == 1 else f"{use.n_examples:,} test examples"
    return f'Always answering "{class_names[use.commonest]}" has an accuracy of {percent(use.share)} on the {examples}'


@dataclass(frozen=True, slots=True)
class _Group:
    """Classes that so many of so many seeds never give."""

    classes: tuple[int, ...]
    n_silent: int
    n_seeds: int


def _groups(use: ClassUse) -> dict[_Group, list[str]]:
    """Return the architectures that are silent alike."""
    groups: dict[_Group, list[str]] = {}
    for one in use.architectures:
        for n in sorted({n for n in one.n_silent if n}, reverse=True):
            classes = tuple(k for k, silent in enumerate(one.n_silent) if silent == n)
            groups.setdefault(_Group(classes, n, one.n_seeds), []).append(one.architecture)
    return dict(sorted(groups.items(), key=lambda item: item[0].n_silent < item[0].n_seeds))


def _silence(group: _Group, names: list[str], n_known: int, class_names: Sequence[str]) -> str:
    """Return the sentence of one group."""
    n, of = group.n_silent, group.n_seeds
    quoted = commas(f'"{class_names[k]}"' for k in group.classes)
    if n == of and _are_all(names, n_known):
        return f"No architecture ever predicts {quoted} in {'any of ' if of > 1 else 'its '}{counted(of, 'seed')}."
    verb = "predicts" if len(names) == 1 else "predict"
    seeds = f"{n} of {of} seeds" if n < of else f"any of {of} seeds" if of > 1 else "its one seed"
    return f"{commas(names)} never {verb} {quoted} in {seeds}."


def _are_all(names: Sequence[str], n_known: int) -> bool:
    return len(names) == n_known > 1

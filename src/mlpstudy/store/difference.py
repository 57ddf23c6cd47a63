"""What differs between two studies, in the words of a study file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlpstudy.study import Architecture, Study

MOST_SHOWN = 3
_ABSENT = object()

Flat = dict[str, Any]


def _flat(content: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value with its dotted path."""
    for key, value in content.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _changed(there: Flat, here: Flat) -> dict[str, tuple[Any, Any]]:
    """Return the paths that differ, with both values."""
    pairs = {path: (there.get(path, _ABSENT), here.get(path, _ABSENT)) for path in there | here}
    return {path: pair for path, pair in pairs.items() if pair[0] != pair[1]}


def _said(path: str, pair: tuple[Any, Any]) -> str:
    there, here = ("nothing" if value is _ABSENT else json.dumps(value) for value in pair)
    return f"{path} {there} there, {here} here"


def _settings(study: Study) -> Flat:
    return dict(_flat(study.content()))


def _architectures(there: Study, here: Study) -> Iterator[str]:
    """Yield what differs between the architectures; what differs in all of them alike is said once."""
    ours = {architecture.name: architecture for architecture in here.architectures}
    theirs = {architecture.name: architecture for architecture in there.architectures}
    for names, place in ((theirs.keys() - ours, "there"), (ours.keys() - theirs, "here")):
        if names:
            yield f"the architecture {min(names)}{_more(len(names))} only {place}"
    common = [name for name in ours if name in theirs]
    changes = {name: _changed(_content(theirs[name]), _content(ours[name])) for name in common}
    said = set()
    for name, changed in changes.items():
        for path, pair in changed.items():
            everywhere = all(other.get(path) == pair for other in changes.values())
            line = _said(path if everywhere else f"{name}: {path}", pair)
            if line not in said:
                said.add(line)
                yield line
    if list(ours) != list(theirs) and not ours.keys() ^ theirs.keys():
        yield "the order of the architectures"


def _content(architecture: Architecture) -> Flat:
    return dict(_flat(architecture.content()))


def _more(n_all: int) -> str:
    return f" and {n_all - 1} more" if n_all > 1 else ""


def differences(there: Study, here: Study) -> str:
    """Return what makes two studies different ones, the first few differences.

    >>> from mlpstudy.study import load_study
    >>> notebook = load_study("notebook")
    >>> differences(notebook, notebook.with_changes(epochs=5))
    'training.epochs 20 there, 5 here'
    """
    lines = [_said(path, pair) for path, pair in _changed(_settings(there), _settings(here)).items()]
    lines.extend(_architectures(there, here))
    hidden = len(lines) - MOST_SHOWN
    shown = "; ".join(lines[:MOST_SHOWN])
    return f"{shown}; and {hidden} more" if hidden > 0 else shown

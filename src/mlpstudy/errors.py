"""The exceptions that mlpstudy raises on purpose, each one clear line.

    MlpstudyError
    |-- StudyError      the study file or object is at fault
    |-- DataError       the data are at fault
    |-- EngineError     an engine is missing, unknown or cannot do what the study asks
    |-- StoreError      a study's folder cannot be read, written or trusted
    `-- ResultsError    the results asked for are not (yet) there

A network that diverges is no exception: it is a run with the status ``diverged``.
Every message has the form "<what> must <be>, got <found>, fix: <how>".
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class MlpstudyError(Exception):
    """Base of every error that mlpstudy raises on purpose."""


class StudyError(MlpstudyError):
    """The study file or object is at fault."""


class DataError(MlpstudyError):
    """The data are at fault."""


class EngineError(MlpstudyError):
    """An engine is missing, unknown or cannot do what the study asks."""


class StoreError(MlpstudyError):
    """A study's folder cannot be read, written or trusted."""


class ResultsError(MlpstudyError):
    """The results asked for are not (yet) there."""


def must(what: str, be: str, found: object, fix: str | None = None) -> str:
    """Return the one-line message of an error.

    Args:
        what: the thing at fault, as the user wrote it (a path in the study file, a file name).
        be: what it must be or do, without the word "must".
        found: what was found instead; shown with ``repr`` unless it is already text of several words.
        fix: how to mend it.

    >>> must("training.epochs", "be a whole number of at least 1", 0, "epochs = 20")
    'training.epochs must be a whole number of at least 1, got 0, fix: epochs = 20'
    """
    shown = found if isinstance(found, str) and " " in found else repr(found)
    text = f"{what} must {be}, got {shown}"
    return f"{text}, fix: {fix}" if fix else text


def nearest(word: str, valid: Iterable[str]) -> str | None:
    """Return the valid word that is nearest to a mistyped one, or None where none is near.

    >>> nearest("dropuot", ["dropout", "hidden"])
    'dropout'
    """
    matches = difflib.get_close_matches(word, list(valid), n=1, cutoff=0.5)
    return matches[0] if matches else None

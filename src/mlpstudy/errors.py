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

from mlpstudy.text.escaping import printable

if TYPE_CHECKING:
    from collections.abc import Iterable


MAX_MESSAGE, MAX_PART = 2000, 400
"""Longest message and longest part of one, in characters: the middle of what is longer is left out."""


class MlpstudyError(Exception):
    r"""Base of every error that mlpstudy raises on purpose: one printable line, whatever a file put into it.

    >>> str(MlpstudyError("a name like \x1b[2J\nor that"))
    'a name like \\x1b[2J\\nor that'
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(one_line(message))


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


def one_line(text: str) -> str:
    r"""Return text as one line that is safe to print: other characters escaped, the middle of very long text left out.

    A file may name a column with a terminal's control sequence, or with half of a surrogate pair that no terminal
    can encode.

    >>> one_line("a\x1b[2J\nb")
    'a\\x1b[2J\\nb'
    >>> one_line("a\u00a0b")
    'a\\xa0b'
    """
    # Once before, so that little of a huge text is looked at, and once after, since escapes are longer.
    return _shortened(_as_ink(printable(_shortened(text, MAX_MESSAGE))), MAX_MESSAGE)


def _as_ink(text: str) -> str:
    """Escape blanks too that only look like one: in an error it matters which it is."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _shortened(text: str, at_most: int) -> str:
    """Return text without its middle where it is too long."""
    return text if len(text) <= at_most else f"{text[: at_most * 3 // 4]} ... {text[-at_most // 5 :]}"


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
    text = f"{what} must {_shortened(be, MAX_PART)}, got {_shortened(shown, MAX_PART)}"
    return f"{text}, fix: {_shortened(fix, MAX_PART)}" if fix else text


def damaged(what: object, problem: str) -> StoreError:
    """Return the error for a part of a study's folder that cannot be trusted."""
    return StoreError(must(str(what), "be undamaged", problem, "bring back a copy, or train that study again"))


def nearest(word: str, valid: Iterable[str], cutoff: float = 0.5) -> str | None:
    """Return the valid word that is nearest to a mistyped one, or None where none is as near as the cutoff (0 to 1).

    >>> nearest("dropuot", ["dropout", "hidden"])
    'dropout'
    """
    matches = difflib.get_close_matches(word, list(valid), n=1, cutoff=cutoff)
    return matches[0] if matches else None

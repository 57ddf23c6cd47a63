"""Who was shown results on the test examples, and when."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """One time that somebody was shown results on the test examples.

    Attributes:
        at: when, UTC, ISO 8601.
        what: the command, ``"judge"``.
    """

    at: str
    what: str

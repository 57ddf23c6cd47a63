"""Numbers and times as every text writes them: no negative zero, no negative time, units that cannot be misread."""

from __future__ import annotations

from dataclasses import dataclass

ROUGH = 10.0
"""Below this many of a unit a time has a decimal."""


def fixed(value: float, digits: int, *, sign: bool = False) -> str:
    """Return a number with so many decimals; what rounds to zero has no sign.

    >>> fixed(-0.001, 2), fixed(0.001, 2, sign=True), fixed(0.25, 1, sign=True), fixed(-1.5, 1)
    ('0.00', '0.00', '+0.2', '-1.5')
    """
    text = f"{value:{'+' if sign else ''}.{digits}f}"
    return text.lstrip("+-") if float(text) == 0 else text


@dataclass(frozen=True, slots=True)
class TimeUnit:
    """A unit of time.

    Attributes:
        name: as it is written.
        seconds: how long it is.
    """

    name: str
    seconds: float


MILLISECONDS, SECONDS = TimeUnit("ms", 0.001), TimeUnit("s", 1.0)
MINUTES, HOURS = TimeUnit("min", 60.0), TimeUnit("h", 3600.0)


def time_unit(seconds: float) -> TimeUnit:
    """Return the unit in which a time is read best.

    >>> [time_unit(seconds).name for seconds in (0.02, 0.0, 75.0, 4000.0, 9000.0)]
    ['ms', 's', 's', 'min', 'h']
    """
    if 0 < seconds < 1:
        return MILLISECONDS
    if seconds < 2 * MINUTES.seconds:
        return SECONDS
    return MINUTES if seconds < 2 * HOURS.seconds else HOURS


def duration(seconds: float) -> str:
    """Return a time with about two digits.

    >>> [duration(seconds) for seconds in (0.0, 0.0214, 0.51, 7.42, 75.0, 4000.0, 9000.0)]
    ['0 s', '21 ms', '510 ms', '7.4 s', '75 s', '67 min', '2.5 h']
    """
    if seconds <= 0:
        return "0 s"
    unit = time_unit(seconds)
    value = seconds / unit.seconds
    return f"{value:.{1 if value < ROUGH else 0}f} {unit.name}"

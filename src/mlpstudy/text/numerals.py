"""Numbers and times as every text writes them: no negative zero, no negative time, units that cannot be misread."""

from __future__ import annotations

import math
from dataclasses import dataclass

MINUS = "\N{MINUS SIGN}"
NONE = "\N{EN DASH}"
"""What a page shows where there is no number."""
LARGE_LOSS = 1000.0
"""From here on decimals of a loss say nothing."""
ROUGH = 10.0
"""Below this many of a unit a time has a decimal."""


def fixed(value: float, digits: int, *, sign: bool = False) -> str:
    """Return a number with so many decimals; what rounds to zero has no sign.

    >>> fixed(-0.001, 2), fixed(0.001, 2, sign=True), fixed(0.25, 1, sign=True), fixed(-1.5, 1)
    ('0.00', '0.00', '+0.2', '-1.5')
    """
    text = f"{value:{'+' if sign else ''}.{digits}f}"
    return text.lstrip("+-") if float(text) == 0 else text


def with_minus(text: str) -> str:
    """Return numbers as they are typeset: with a minus sign where a terminal has a hyphen.

    >>> with_minus("[-0.02, +0.12]") == f"[{MINUS}0.02, +0.12]"
    True
    """
    return text.replace("-", MINUS)


def percent(share: float, digits: int = 2) -> str:
    """Return a share in per cent.

    >>> percent(0.98123), percent(0.5, 0), percent(-1e-9)
    ('98.12 %', '50 %', '0.00 %')
    """
    return f"{fixed(100 * share, digits)} %"


def level(confidence: float) -> str:
    """Return the level of an interval or the error of a family, with the digits that it has.

    >>> level(0.95), level(0.975), level(1 - 0.999)
    ('95 %', '97.5 %', '0.1 %')
    """
    return f"{100 * confidence:g} %"


def between(low: float, high: float, factor: float = 1.0, digits: int = 2, *, sign: bool = False) -> str:
    """Return an interval in brackets.

    >>> between(0.001, 0.002, 100, sign=True), between(-math.inf, 0.002)
    ('[+0.10, +0.20]', 'unbounded')
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return "unbounded"
    return f"[{fixed(factor * low, digits, sign=sign)}, {fixed(factor * high, digits, sign=sign)}]"


def short(value: float) -> str:
    """Return a number as a note in a picture shows it: three digits, a true minus sign.

    >>> short(123456.0), short(0.2)
    ('1.23e5', '0.2')
    """
    text = f"{value:.3g}"
    mantissa, e, exponent = text.partition("e")
    return with_minus(f"{mantissa}e{int(exponent)}" if e else mantissa)


def loss_text(loss: float) -> str:
    """Return a loss as a sentence shows it: four decimals, as in the tables of training frameworks.

    >>> loss_text(0.07), loss_text(5e5)
    ('0.0700', '5e5')
    """
    return f"{loss:.4f}" if abs(loss) < LARGE_LOSS else short(loss)


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

    >>> [duration(seconds) for seconds in (0.0, 0.0214, 0.51, 7.42, 9.97, 75.0, 4000.0, 9000.0)]
    ['0 s', '21 ms', '510 ms', '7.4 s', '10 s', '75 s', '67 min', '2.5 h']
    """
    if seconds <= 0:
        return "0 s"
    unit = time_unit(seconds)
    value = seconds / unit.seconds
    return f"{value:.{1 if round(value, 1) < ROUGH else 0}f} {unit.name}"

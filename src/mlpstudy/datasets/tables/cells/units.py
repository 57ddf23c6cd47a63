"""Units beside numbers: which are known, which are one unit in two spellings, and which one a column has."""

from __future__ import annotations

import re
from typing import NamedTuple

import polars as pl

CURRENCY = (
    r"(?:(?:US|A|AU|C|CA|NZ|HK|S|R|NT)?\p{Sc}|Rs\.?|Fr\.|kr\.?|zł|"
    r"(?:USD|EUR|GBP|CHF|JPY|CNY|INR|AUD|CAD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RON|BRL|MXN|ZAR|KRW|RUB|TRY|SGD|HKD|ILS|THB|"
    r"Euros?|euros?|dollars?|DM))"
)
"""A sign, code or word for money, as the pattern of a regular expression."""

_WORDS = """
% ‰ pp °C °F ° º
nm µm um mm cm dm m km in inch inches ft feet foot yd mi mile miles Å
µg ug mg g kg t lb lbs oz gr ton tons tonnes
ns µs us ms s sec secs second seconds min mins minute minutes h hr hrs hour hours d day days wk week weeks
mo mos month months y yr yrs year years Jahr Jahre Monat Monate Woche Wochen Tag Tage Stunde Stunden Minuten Sekunden
µl ul ml mL cl dl dL l L gal hl liter liters litre litres
kph mph kn kt knots rpm bpm Hz kHz MHz GHz kmpl mpg
W kW MW GW hp bhp PS kWh MWh Wh kV V mV mA kJ MJ kcal cal Nm kN CC cc
Pa hPa kPa MPa bar mbar psi mmHg atm
bit kB KB MB GB TB KiB MiB GiB Mbps kbps Gbps
mmol µmol umol nmol mol mM µM nM pM ng pg IU U ppm ppb
ha acre acres sqft sqm sq.ft. px pt pts dB dBm lux lm pcs pc Stück Stk mal x
"""
_KNOWN = frozenset(_WORDS.split())
_SAME = {
    "€": "EUR",
    "Euro": "EUR",
    "Euros": "EUR",
    "euro": "EUR",
    "euros": "EUR",
    "$": "USD",
    "US$": "USD",
    "dollar": "USD",
    "dollars": "USD",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "Rs": "INR",
    "Rs.": "INR",
    "º": "°",
    "inches": "inch",
    "feet": "ft",
    "foot": "ft",
    "Jahre": "Jahr",
    "Monate": "Monat",
    "Wochen": "Woche",
    "Tage": "Tag",
    "Stunden": "Stunde",
}
WITH_POINTS = frozenset({"USD", "GBP", "INR"})
"""Money whose amounts have a point before their cents: a comma between three digits can only part thousands."""
MAGNITUDES = {"k": "e3", "K": "e3", "M": "e6", "B": "e9"}
"""Letters behind a number that stand for powers of ten, and what they are as an exponent."""

MOST_SPELLINGS = 20
_LEAST_DISTINCT = 20
"""So many different numbers beside a word that is no known unit are a quantity; fewer may be names, such as 2WD."""


class Units(NamedTuple):
    """The unit that the numbers of a column have.

    Attributes:
        spellings: of the unit, as they stand in the cells; none where there is none.
        magnitudes: whether letters behind the numbers stand for powers of ten.
        several: the units with their counts, where there are several, all of them known; ``""`` for none.
    """

    spellings: tuple[str, ...] = ()
    magnitudes: bool = False
    several: tuple[tuple[str, int], ...] = ()


def find_units(cells: pl.DataFrame, mostly: float) -> Units:
    """Return the unit of a column.

    Args:
        cells: its distinct cells that are numbers with or without a unit, with the columns ``before`` and ``after``
            (the words beside the number, ``""`` for none), ``is_zero`` and ``n``, their count.
        mostly: share of the cells from which on another unit is a slip.
    """
    groups = cells.group_by("before", "after", "is_zero").agg(pl.col("n").sum(), pl.len().alias("distinct"))
    if groups.height > MOST_SPELLINGS * 2:
        return Units()
    magnitudes = _has_magnitudes(groups)
    n_of: dict[str, int] = {}
    distinct_of: dict[str, int] = {}
    spelt: dict[str, set[str]] = {}
    for before, after, is_zero, n, distinct in groups.sort("before", "after").iter_rows():
        words = [word for word in (before, _without_magnitude(after) if magnitudes else after) if word]
        if not words and is_zero:
            continue  # nothing is nothing in any unit
        unit = canonical(words[0]) if words else ""
        if any(canonical(word) != unit for word in words):
            return Units()
        n_of[unit] = n_of.get(unit, 0) + n
        distinct_of[unit] = distinct_of.get(unit, 0) + distinct
        spelt.setdefault(unit, set()).update(words)
    return _choose(n_of, distinct_of, spelt, magnitudes=magnitudes, mostly=mostly)


def _choose(
    n_of: dict[str, int], distinct_of: dict[str, int], spelt: dict[str, set[str]], *, magnitudes: bool, mostly: float
) -> Units:
    """Return the one unit; several where all of them are known, and none of them is that of nearly all cells."""
    if not n_of:
        return Units(magnitudes=magnitudes)
    counts = sorted(n_of.items(), key=lambda item: (-item[1], item[0]))
    main, n_main = counts[0]
    if n_main >= mostly * sum(n_of.values()):
        if main and not is_known(main) and distinct_of[main] <= _LEAST_DISTINCT:
            return Units()
        return Units(tuple(sorted(spelt[main])), magnitudes)
    if all(is_known(unit) for unit in n_of if unit):
        return Units(several=tuple(counts))
    return Units()


def _has_magnitudes(groups: pl.DataFrame) -> bool:
    """Say whether k, M and B stand for powers of ten: beside money, or where some cell has a k."""
    letters = {after[0] for after in groups["after"].to_list() if _without_magnitude(after) != after}
    is_money = any(is_money_word(word) for word in groups["before"].to_list() if word)
    return bool(letters) and (is_money or not letters.isdisjoint("kK") or any("€" in a for a in groups["after"]))


def _without_magnitude(after: str) -> str:
    """Return the unit behind a k, M or B; the word itself where that is no power of ten."""
    rest = after[1:].strip()
    return rest if after[:1] in MAGNITUDES and (not rest or is_money_word(rest)) else after


def canonical(unit: str) -> str:
    """Return the spelling that stands for all spellings of a unit.

    >>> canonical("days"), canonical("$"), canonical("kg")
    ('day', 'USD', 'kg')
    """
    same = _SAME.get(unit, unit)
    single = same.removesuffix("s")
    return single if single != same and single in _KNOWN and same in _KNOWN and len(single) > 1 else same


def is_known(unit: str) -> bool:
    """Say whether a word is a unit, or made of units, as mg/dL and m² are.

    >>> is_known("km/h"), is_known("m2"), is_known("WD")
    (True, True, False)
    """
    parts = re.split(r" ?[/·*] ?| per ", unit)
    return is_money_word(unit) or all(re.sub(r"[²³]$|\^?-?[1-4]$", "", part) in _KNOWN | {"l"} for part in parts)


def is_money_word(word: str) -> bool:
    """Say whether a word stands for money."""
    if word in _SAME.values() and word.isupper():
        return True
    return bool(pl.Series([word]).str.contains(f"^{CURRENCY}$")[0])

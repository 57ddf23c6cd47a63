"""Numbers as people write them: each form gives the bits of the plain number, and what two forms would fit is asked."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.writing import load_text
from mlpstudy.datasets.tables.cells.form import PLAIN, Form
from mlpstudy.datasets.tables.cells.meanings import as_numbers, find
from mlpstudy.datasets.tables.cells.text import MISSING
from mlpstudy.datasets.tables.columns import NumberColumn
from mlpstudy.study.reading import UNSAID, Reading

GROUPS = {"": "", ",": ",", ".": ".", "'": "'", "\u2019": "'", " ": " ", "\u202f": " ", "\u00a0": " "}


def written(number: float, decimal: str = ".", thousands: str = "", before: str = "", after: str = "") -> str:
    """Return a number as it is written in some form: with all its digits, without an exponent."""
    sign, digits = "-" if number < 0 else "", np.format_float_positional(abs(number), trim="-")
    whole, _, decimals = digits.partition(".")
    grouped = f"{int(whole):,}".replace(",", thousands) if thousands else whole
    return f"{sign}{before}{grouped}{decimal if decimals else ''}{decimals}{after}"


def read(cells: list[str], reading: Reading = UNSAID) -> list[float]:
    """Return cells as a study reads them, once the form is stored and made again."""
    column = pl.Series("x", cells)
    found = find(column, reading)
    assert found.meaning == "number", found
    form = Form.model_validate_json(json.dumps(found.form.content()))
    numbers, wrong = as_numbers(column, "number", form=form)
    assert not wrong.any()
    return [float(number) for number in numbers]


NUMBERS = st.lists(
    st.one_of(
        st.floats(-1e12, 1e12), st.integers(-(10**9), 10**9).map(float), st.decimals(-9e6, 9e6, places=2).map(float)
    ),
    min_size=1,
    max_size=30,
)
SURE = {".": 1234567.25, ",": 1234567.25}
"""A number that shows the form: it has two groups of thousands, and decimals that are no group."""


@given(
    numbers=NUMBERS,
    decimal=st.sampled_from(".,"),
    thousands=st.sampled_from(sorted(GROUPS)),
    beside=st.sampled_from(
        [("", ""), ("", "%"), ("", " %"), ("$", ""), ("", " €"), ("EUR ", ""), ("", " kg"), ("", "°C")]
    ),
)
def test_every_form_gives_the_bits_of_the_plain_number(
    numbers: list[float], decimal: str, thousands: str, beside: tuple[str, str]
) -> None:
    """Decimal commas, groups of thousands, units and money: what is written is what is read, to the last bit."""
    if thousands == decimal:
        thousands = "," if decimal == "." else "."
    every = [*numbers, SURE[decimal]]
    cells = [written(number, decimal, thousands, *beside) for number in every]
    assert read(cells) == every


@given(numbers=NUMBERS)
def test_plain_numbers_have_no_form(numbers: list[float]) -> None:
    """What any program writes is read as ever, with nothing to say of it."""
    found = find(pl.Series("x", [repr(number) for number in numbers]))
    assert (found.meaning, found.form, found.note, found.question) == ("number", PLAIN, None, None)


@pytest.mark.parametrize(
    ("cells", "numbers", "note"),
    [
        (["36,5", "-1,25", "4"], [36.5, -1.25, 4], "decimal commas: -1,25 is read as -1.25"),
        (["1,5e3", "2,5E-03"], [1500, 0.0025], "decimal commas"),
        (["0,123", "0,456"], [0.123, 0.456], "decimal commas"),
        ([",5", "1,5"], [0.5, 1.5], "decimal commas"),
        (["1,234,567", "1,234", "12"], [1234567, 1234, 12], "commas between thousands"),
        (["1,23,456", "5,000.5"], [123456, 5000.5], "commas between thousands"),
        (["1,234.5", "1,234"], [1234.5, 1234], "commas between thousands"),
        (["1.234.567", "1.234"], [1234567, 1234], "points between thousands"),
        (["1.234,56", "7"], [1234.56, 7], "points between thousands and decimal commas"),
        (["1'234.50", "12'345"], [1234.5, 12345], "apostrophes between thousands"),
        (["1\u2009234,5", "1 234"], [1234.5, 1234], "blanks between thousands and decimal commas"),
        (["10%", "7.5 %", "0"], [10, 7.5, 0], "the unit %: 7.5 % is read as 7.5"),
        (["$1,200.50", "-$3", "$-4"], [1200.5, -3, -4], "the unit $"),
        (["1.200,50 €", "3 EUR"], [1200.5, 3], "the unit EUR or €"),
        (["12 kg", "5.1kg"], [12, 5.1], "the unit kg"),
        (["1 day", "12 days"], [1, 12], "the unit day or days"),
        (["36 months", "60 months"], [36, 60], "the unit months"),
        (["(1,200)", "1,234.5"], [-1200, 1234.5], "parentheses where they are negative"),
        (["($5)", "$7"], [-5, 7], "the unit $ and parentheses"),
        (["$1,200", "$3"], [1200, 3], "commas between thousands and the unit $"),
        (["1.5k", "300", "2M"], [1500, 300, 2_000_000], "k, M or B for powers of ten"),
        (["€110.5M", "€565K", "€0"], [110_500_000, 565_000, 0], "the unit € and k, M or B"),
        (["\u22125", "+\uff13"], [-5, 3], "signs of Unicode"),
        (["#DIV/0!", "5", "-"], [np.nan, 5, np.nan], "#DIV/0! (1) and - (1) are read as missing"),
        (["1,5", ".", "2"], [1.5, np.nan, 2], "decimal commas: 1,5 is read as 1.5; . (1) is read as missing"),
    ],
)
def test_what_a_form_is_read_as(cells: list[str], numbers: list[float], note: str) -> None:
    """The numbers, and one line that says how they are read, with an example of the column's own."""
    np.testing.assert_array_equal(read(cells), numbers)
    assert note in (find(pl.Series("x", cells)).note or "")


@pytest.mark.parametrize(
    ("cells", "fixes"),
    [
        (["1,010", "47"], {'thousands = ","': [1010, 47], 'decimal = ","': [1.01, 47]}),
        (["-1,010"], {'thousands = ","': [-1010], 'decimal = ","': [-1.01]}),
        (["1,010 kg", "2 kg"], {'thousands = ","': [1010, 2], 'decimal = ","': [1.01, 2]}),
        (["12.5", "1,234"], {'thousands = ","': [12.5, 1234]}),
        (["36,5", "1.234"], {'thousands = "."': [36.5, 1234]}),
    ],
)
def test_what_two_forms_would_fit_is_asked(cells: list[str], fixes: dict[str, list[float]]) -> None:
    """Nothing is chosen; each key that the question names reads the column as it says."""
    found = find(pl.Series("x", cells))
    assert found.meaning is None
    assert found.question is not None
    for fix, numbers in fixes.items():
        assert fix in found.question[2]
        key, _, value = fix.partition(" = ")
        assert read(cells, Reading.model_validate({key: value.strip('"')})) == numbers


@pytest.mark.parametrize(
    "cells",
    [
        ["A1", "B2"],
        ["1st", "2nd", "3rd"],
        ["3A", "4C", "12F"],
        ["2WD", "4WD"],
        [">7", ">8", "Norm"],
        ["0", "1", "2", "3+"],
        ["20-30", "30-40"],
        ["1", "2", "unknown"],
        ["192.168.1.1", "10.0.0.1"],
        ["1.2.3", "1.10.0"],
        ["+49 30 123", "+1 555 0100"],
        ["0x10", "0x1f"],
        ["1/2", "3/4"],
        ["(1)", "(2)"],
        ["-", "--"],
    ],
)
def test_what_only_looks_like_numbers_is_a_category(cells: list[str]) -> None:
    """Codes, ranges, versions and sizes of a few levels stay what they are."""
    found = find(pl.Series("x", cells * 12))
    assert (found.meaning, found.question) == (None, None)


@pytest.mark.parametrize(
    "word",
    [
        *("#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "#N/A", "#WERT!", "#BEZUG!", "#NV", "#VALEUR!"),
        *("####", ".", "-", "--", "\u2013", "*", "NV", "n.a.", "N.A.", "na", "NaT", "(null)", r"\N"),
        *("#NA", "-1.#IND", "-NaN", "1.#QNAN"),
    ],
)
def test_words_that_are_no_number_are_missing_whatever_their_share(word: str) -> None:
    """Errors of spreadsheets and marks: missing in a column of numbers, one of nine cells as well as most."""
    for n_words in (1, 8, 30):
        column = pl.Series("x", [word] * n_words + [str(i) for i in range(1, 9)])
        found = find(column)
        assert found.meaning == "number"
        assert word in ("#N/A", "na") or f"{word} ({n_words}) is read as missing" in (found.note or "")
        assert np.isnan(as_numbers(column, "number")[0]).sum() == n_words


def test_a_word_that_may_be_a_level_is_missing_among_many_numbers_only() -> None:
    """A word such as unknown beside three codes is a level as before; beside many numbers it is missing."""
    codes = find(pl.Series("x", ["1", "2", "3", "unknown"] * 9))
    numbers = find(pl.Series("x", [*["unknown"] * 40, *(f"{i}.5" for i in range(60))]))
    assert codes.meaning is None
    assert (numbers.meaning, numbers.note) == ("number", "unknown (40) is read as missing")


def test_plain_forms_leave_no_trace_in_what_is_stored() -> None:
    """A column of plain numbers is stored as in the first version; another form with what differs from it."""
    column = NumberColumn(name="x", meaning="number", shift=0, scale=1, fill=0, indicator=False)
    form = Form(decimal=",", units=("kg",))
    assert "form" not in column.model_dump(mode="json")
    assert column.model_copy(update={"form": form}).model_dump(mode="json")["form"] == {"decimal": ",", "units": ["kg"]}


def test_cells_of_two_numbers_are_called_that(tmp_path: Path) -> None:
    """Blood pressure is no identifier: the line says how its numbers can be kept."""
    content = "bp,z,y\n" + "".join(f"{100 + i}/{60 + i % 30},{i % 7},{'no' if i % 3 else 'yes'}\n" for i in range(80))
    told = [warning for warning in load_text(tmp_path, content).warnings if '"bp"' in warning]
    assert len(told) == 1
    assert "holds several numbers in a cell, or bounds, such as 10" in told[0]


CELLS = st.text(st.sampled_from("0123456789.,' -+%$€kKMeE()kg<#/!?NA\u00a0\u2212\uff15\u00b2"), min_size=1, max_size=9)
PLAIN_CELLS = st.one_of(st.integers(-9999, 9999).map(str), st.floats(-1e4, 1e4).map(repr), CELLS)


@given(cells=st.lists(st.one_of(CELLS, PLAIN_CELLS), min_size=1, max_size=12))
def test_no_cell_changes_its_value_without_a_line(cells: list[str]) -> None:
    """Whatever is written: a cell that Python reads as a number has that value, or the note says how it is read."""
    column = pl.Series("x", cells)
    found = find(column)
    if found.meaning != "number":
        return
    numbers, wrong = as_numbers(column, "number", form=found.form)
    for cell, number, is_wrong in zip(cells, numbers.tolist(), wrong.tolist(), strict=True):
        try:
            expected = float(cell) if cell.strip().isascii() else None
        except ValueError:
            expected = None
        is_missing = np.isnan(number) and not is_wrong
        if expected is None:
            assert is_wrong or found.note is not None or (is_missing and cell.strip() in ("", *MISSING))
        elif not np.isnan(expected) and not is_wrong:
            assert number == expected or found.note is not None


@given(cells=st.lists(st.one_of(CELLS, PLAIN_CELLS), min_size=1, max_size=12), data=st.data())
def test_the_order_of_rows_decides_nothing(cells: list[str], data: st.DataObject) -> None:
    """A form is one of the whole column."""
    mixed = data.draw(st.permutations(cells))
    assert find(pl.Series("x", mixed)) == find(pl.Series("x", cells))


@given(units=st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40), max_size=20))
def test_a_stored_form_may_come_from_anywhere(units: list[str]) -> None:
    """A unit is a word and never a pattern: what somebody else stored is read or not, without an error of Polars."""
    form = Form.model_validate_json(json.dumps({"units": units, "magnitudes": True, "parentheses": True}))
    cells = pl.Series([*(f"12 {unit}" for unit in units), "x", None])
    numbers, _ = as_numbers(cells, "number", form=form)
    assert numbers.shape == (len(units) + 2,)


def test_bounds_among_numbers_are_asked_about_and_names_are_not() -> None:
    """Many different limits of detection are numbers in disguise; digits among the names of tickets are not."""
    numbers = [f"{i}.5" for i in range(60)]
    bounds = find(pl.Series("x", [*numbers, *(f"<0.0{i}" for i in range(1, 10))]))
    tickets = find(pl.Series("x", [*numbers, *(f"PC {i}" for i in range(9))]))
    assert bounds.question is not None
    assert "60 numbers and 9 other cells" in bounds.question.got
    assert (tickets.meaning, tickets.question) == (None, None)


@pytest.mark.parametrize("word", ["to", "bis", "and", "à"])
def test_ranges_of_numbers_stay_a_category_and_ask_nothing(word: str) -> None:
    """Bounds with a word between them, and groups of thousands in them, are no number with a unit."""
    cells = [f"${n},000 {word} ${n + 9},999" for n in range(10, 120, 10)] + ["Prefer not to answer"] * 2
    found = find(pl.Series("income", cells * 5), UNSAID)
    assert (found.meaning, found.question) == (None, None)

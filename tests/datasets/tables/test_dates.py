"""Dates in every common form are read as the days that they name, told in a line, or asked for."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.writing import dense, load_text, write
from mlpstudy.datasets import load, preprocessing_from_json
from mlpstudy.datasets.overview.description import describe_data
from mlpstudy.datasets.tables.cells.form import Form
from mlpstudy.datasets.tables.cells.meanings import as_numbers, find
from mlpstudy.datasets.tables.columns import NumberColumn, TablePreprocessing
from mlpstudy.errors import DataError
from mlpstudy.study import Data
from mlpstudy.study.reading import Reading

FIRST = dt.datetime(1970, 1, 1)  # noqa: DTZ001  # without an offset, as the cells


def read(cells: list[object], reading: Reading | None = None, name: str = "c") -> list[float]:
    """Return the days that a column is read as."""
    column = pl.Series(name, cells)
    found = find(column, reading or Reading(), whole=column)
    assert (found.meaning, found.question) == ("date", None), found
    numbers, wrong = as_numbers(column, "date", form=found.form)
    assert not wrong.any()
    return [float(number) for number in numbers]


def day(text: str) -> float:
    """Return the days from 1970 to a moment in ISO 8601 without an offset."""
    return (dt.datetime.fromisoformat(text) - FIRST) / dt.timedelta(days=1)


CELLS: dict[str, str] = {
    "13 de enero de 2022": "2022-01-13",
    "13 dic 2022": "2022-12-13",
    "13 septiembre 2022": "2022-09-13",
    "13 gen 2022": "2022-01-13",
    "13 de março de 2022": "2022-03-13",
    "13 mrt 2022": "2022-03-13",
    "enero de 2022": "2022-01-01",
    "2022年1月13日": "2022-01-13",
    "2022年1月": "2022-01-01",
    "Do, 13.01.2022": "2022-01-13",
    "Thu 2022-01-13 13:45": "2022-01-13T13:45",
    "Thursday, 1/13/2022": "2022-01-13",
    "2022-01-13": "2022-01-13",
    "2022-01-13 13:45": "2022-01-13T13:45",
    "2022-01-13T13:45:59.123456": "2022-01-13T13:45:59.123456",
    "2022-01-13T13:45:59,123456789": "2022-01-13T13:45:59.123456",
    "2022-01-13T12:00:00+02:00": "2022-01-13T10:00",
    "2022-01-13T12:00:00+0200": "2022-01-13T10:00",
    "2022-01-13 12:00:00 -0330": "2022-01-13T15:30",
    "2022-01-13 23:30:00-01": "2022-01-14T00:30",
    "2022-01-13t12:00:00z": "2022-01-13T12:00",
    "2022-01-13 12:00:00 UTC": "2022-01-13T12:00",
    "2022-01-13T12:00:00+01:00[Europe/Paris]": "2022-01-13T11:00",
    "2022-W02-4": "2022-01-13",
    "2022W024": "2022-01-13",
    "2020-W53-5": "2021-01-01",
    "2022-013": "2022-01-13",
    "2024-366": "2024-12-31",
    "2022/01/13": "2022-01-13",
    "2022.1.13 7:05": "2022-01-13T07:05",
    "20220113T134559": "2022-01-13T13:45:59",
    "20220113 1345Z": "2022-01-13T13:45",
    "13-Jan-2022": "2022-01-13",
    "13-JAN-22": "2022-01-13",
    "13JAN2022": "2022-01-13",
    "13JAN2022:13:45:59": "2022-01-13T13:45:59",
    "13 January 2022": "2022-01-13",
    "13th of": "",
    "13. Januar 2022": "2022-01-13",
    "1. März 2022": "2022-03-01",
    "1er août 2022": "2022-08-01",
    "13 déc. 2022": "2022-12-13",
    "Jan 13, 2022": "2022-01-13",
    "January 13th, 2022 1:45 PM": "2022-01-13T13:45",
    "Sept. 3, 1999": "1999-09-03",
    "Thu, 13 Jan 2022 12:00:00 +0200": "2022-01-13T10:00",
    "Thu Jan 13 12:00:00 2022": "2022-01-13T12:00",
    "2022-Jan-13": "2022-01-13",
    "2022Q2": "2022-04-01",
    "2022-Q4": "2022-10-01",
    "Q3 2022": "2022-07-01",
    "2022-01": "2022-01-01",
    "02/2022": "2022-02-01",
    "Feb 2022": "2022-02-01",
    "Feb-22": "2022-02-01",
    "Feb '99": "1999-02-01",
    "13.01.2022": "2022-01-13",
    "13.1.22": "2022-01-13",
    "13/01/2022 13:45": "2022-01-13T13:45",
    "1/13/22": "2022-01-13",
    "01-13-2022": "2022-01-13",
    "01/13/2022 12:05:09 AM": "2022-01-13T00:05:09",
    "31/12/69": "1969-12-31",
    "31/12/68": "2068-12-31",
    "98-01-13": "1998-01-13",
    "13:45": "1970-01-01T13:45",
    "13:45:59.5": "1970-01-01T13:45:59.500",
    "1:45 p.m.": "1970-01-01T13:45",
}


@pytest.mark.parametrize("cell", [cell for cell, moment in CELLS.items() if moment])
def test_every_common_form_is_a_date(cell: str) -> None:
    """A column of one form is read as the moments that it names, missing cells left out."""
    assert read([cell, None, "NA", f" {cell} "])[::3] == pytest.approx([day(CELLS[cell])] * 2, abs=1e-9)


@pytest.mark.parametrize(
    "cells",
    [
        ["13th of", "12th of"],
        ["2022-13", "2022-14"],
        ["Room 1234", "Room 2345"],
        ["1.2.3.4", "1.2.3.5"],
        ["2020/21", "2021/22"],
        ["25:61", "77:99"],
        ["10-20-30-40"],
        ["5 kg 2022"],
        ["Model 1-2-22", "Model 3-14-22"],
        ["18.00.00", "19.00.00", "01.00.00"],
        ["0.1.0", "0.2.0", "1.0.0"],
    ],
)
def test_what_is_no_date_stays_a_category(cells: list[str]) -> None:
    """Codes, addresses, seasons and times with points only look a little like dates: nothing is asked of them."""
    found = find(pl.Series(cells))
    assert (found.meaning, found.question) == (None, None)


FORMATS = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d %H:%M", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%y", "%m/%d/%Y", "%m/%d/%y %I:%M %p"),
    *(
        "%d-%b-%Y",
        "%b %d, %Y",
        "%d %B %Y",
        "%A, %d %B %Y",
        "%Y%m%dT%H%M%S",
        "%Y-W%W-%u",
        "%Y-%j",
        "%d.%m.%Y %H:%M:%S.%f",
    ),
    *("%Y-%m-%dT%H:%M:%S+00:00", "%H:%M:%S"),
)


@given(
    moments=st.lists(
        st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2068, 12, 31)),  # noqa: DTZ001  # as the cells
        min_size=1,
        max_size=20,
    ),
    form=st.sampled_from(FORMATS),
)
def test_a_written_date_is_read_back(moments: list[dt.datetime], form: str) -> None:
    """Whatever the dates and the form, all cells come back as the moments that were written, or one is asked."""
    if "%W" in form:
        form, cells = "%G-W%V-%u", [moment.strftime("%G-W%V-%u") for moment in moments]
    else:
        cells = [moment.strftime(form) for moment in moments]
    cells.append(dt.datetime(2022, 1, 13).strftime(form))  # noqa: DTZ001  # a day over 12
    if form.startswith("%d-%m-%y"):
        cells.append("31-12-99")
    wanted = [day(dt.datetime.strptime(cell, form).replace(tzinfo=None).isoformat()) for cell in cells]  # noqa: DTZ007
    if form == "%H:%M:%S":
        wanted = [moment % 1 for moment in wanted]
    np.testing.assert_allclose(read(list(cells)), wanted, rtol=0, atol=1e-9)


def test_day_or_month_first_is_decided_by_the_whole_column(tmp_path: Path) -> None:
    """One day over 12 in any row decides for all of them, even where it is held out."""
    rows = [f"{i % 12 + 1:02d}/{i % 11 + 1:02d}/2022,{'no' if i % 2 else 'yes'}" for i in range(60)]
    for last, order in (("01/25/2022", "month first"), ("25/01/2022", "day first")):
        dataset = load_text(tmp_path, "\n".join(["when,y", *rows, f"{last},no"]), numeric="none")
        made = preprocessing_from_json(dataset.preprocessing or {})
        assert isinstance(made, TablePreprocessing)
        column = made.columns[0]
        assert isinstance(column, NumberColumn)
        assert column.form == Form(date=order)
        assert f'column "when": its dates are {order}: ' in dataset.warnings[0]


def test_what_no_number_decides_is_asked_and_the_key_settles_it(tmp_path: Path) -> None:
    """Without a number over 12 a study is refused; each fix that the line names reads the file."""
    rows = [f"{i % 12 + 1}.{i % 11 + 1}.2022,{'no' if i % 2 else 'yes'}" for i in range(60)]
    rows += [f"5.5.2022,{kind}" for kind in ("no", "yes") * 10]
    content = "\n".join(["when,y", *rows])
    with pytest.raises(DataError, match=r'column "when" must say which comes first.*date_format = "day first", or'):
        load_text(tmp_path, content)
    described = describe_data(tmp_path / "table.csv")
    assert described.is_refused
    assert [column.type for column in described.columns] == ["date", "category"]
    first = {}
    for order in ("day first", "month first", "%d.%m.%Y"):
        dataset = load_text(tmp_path, content, date_format=order, numeric="none")
        first[order] = dense(dataset.train)[:, 0].tolist()
    assert first["day first"] == first["%d.%m.%Y"] != first["month first"]
    categories = load_text(tmp_path, content, date_format="none")
    assert categories.n_features > 1


BAD: dict[str, tuple[list[str], str]] = {
    "an impossible day": (
        ["13.01.2022"] * 30 + ["31.02.2022", "30.02.2022"],
        "such as 31/01/2024 in all rows, got 30.02.2022 (1) and 31.02.2022 (1) in rows",
    ),
    "two forms": (
        ["2022-01-13", "13.01.2022"] * 20,
        'column "c" must have its dates in one form, got 2022-01-13 and 13.01.2022, fix: write them all alike',
    ),
    "two orders": (
        ["01/13/2022", "13/01/2022"] * 20,
        'column "c" must have its dates in one order, got 13/01/2022 and 01/13/2022, fix: write them all alike',
    ),
    "a slip": (["2022-01-13"] * 30 + ["13.01.2022"], 'row 31, column "c" must be a date such as 2024-01-31'),
    "years first or last": (
        ["22-01-13"] * 30,
        'column "c" must say which number is the day, got \'22-01-13\', fix: date_format = "%y-%m-%d" or "day first"',
    ),
}


@pytest.mark.parametrize(("cells", "line"), BAD.values(), ids=BAD)
def test_dates_that_do_not_fit_together_get_one_line(cells: list[str], line: str, tmp_path: Path) -> None:
    """Impossible dates, mixed forms and orders are named with a cell, and never categories."""
    content = "c,y\n" + "".join(f"{cell},{'no' if i % 4 < 2 else 'yes'}\n" for i, cell in enumerate(cells))
    with pytest.raises(DataError) as caught:
        load_text(tmp_path, content)
    assert line in str(caught.value)


def test_dates_of_zeros_are_missing_and_counted(tmp_path: Path) -> None:
    """What databases write for no date is a missing value, and is told."""
    cells = ["0000-00-00" if i % 10 == 0 else f"2022-01-{i % 28 + 1:02d}" for i in range(100)]
    content = "c,y\n" + "".join(f"{cell},{'no' if i % 2 else 'yes'}\n" for i, cell in enumerate(cells))
    dataset = load_text(tmp_path, content)
    assert dataset.n_features == 2
    assert "cells with a date of zeros are missing" in dataset.warnings[0]


def test_zeros_among_dates_of_digits_are_missing_where_the_name_says_date() -> None:
    """0 and 00000000 stand for no date in a column of dates; elsewhere 0 is a number, and what could be dates told."""
    column = pl.Series("hire_date", [0, 20220113, 20220228, 20220316, 0])
    found = find(column)
    assert (found.meaning, "; 2 cells with a date of zeros are missing" in (found.note or "")) == ("date", True)
    days, wrong = as_numbers(column, "date", form=found.form)
    assert not wrong.any()
    assert np.isnan(days).tolist() == [True, False, False, False, True]
    note = find(pl.Series("x", [0, *range(20220101, 20220131)])).note
    assert note == "most of its numbers could be dates (20220101), 0 is none: they are read as numbers"


@pytest.mark.parametrize(
    ("cells", "forms"),
    [
        ([211103, 211214, 990131], '"%y%m%d"'),
        ([31122021, 3112021, 15062022], '"%d%m%Y"'),
        (["03112021", "14122021", "31012022"], '"%d%m%Y"'),
        ([110412, 100511, 120312], '"%y%m%d" or "%d%m%y" or "%m%d%y"'),
    ],
)
def test_digits_that_may_be_dates_are_told_with_the_key_that_reads_them(cells: list[object], forms: str) -> None:
    """Two digits of the year, or the year last, are no dates by themselves: the column's name gives it away."""
    found = find(pl.Series("Date", cells))
    assert f"date_format = {forms} reads them" in (found.note or "")
    assert "date_format" not in (find(pl.Series("plz", cells)).note or "")
    said = find(pl.Series("Date", cells), Reading(date_format=forms.split('"')[1]))
    assert said.meaning == "date"


def test_numbers_are_dates_where_all_of_them_can_be(tmp_path: Path) -> None:
    """20220113 is a day, in text and in Parquet; other numbers stay numbers, said where the column's name says date."""
    days = [20220113, 20220228, 20211231, 19990101]
    for made in (days, [float(n) for n in days], [str(n) for n in days]):
        wanted = [day(f"{str(n)[:4]}-{str(n)[4:6]}-{str(n)[6:]}") for n in days]
        column = pl.Series("c", made)
        column = column.cast(pl.Float64) if column.dtype == pl.String else column
        assert read(column.to_list()) == wanted
    assert read([20220113134500, 20220113000000, 20220114120000])[0] == pytest.approx(day("2022-01-13T13:45"), abs=1e-9)
    none = find(pl.Series("date", days), Reading(date_format="none"))
    assert (none.meaning, none.note) == ("number", None)
    for name, numbers, note in (
        ("c", [20220113, 20221345, 20220116], None),
        ("id", list(range(20220101, 20220201)), None),
        ("when", [44_562, 44_563], "days of a spreadsheet"),
        ("timestamp", [1_642_075_200, 1_642_161_600], "seconds since 1970"),
        ("created_at", [1_642_075_200_000, 1_642_161_600_000], "milliseconds since 1970"),
        ("year", [1999, 2022], None),
        ("width", [44_562, 44_563], None),
    ):
        found = find(pl.Series(name, numbers))
        assert found.meaning == "number"
        assert note is None or note in str(found.note)
    content = "Date,y\n" + "".join(f"{20220101 + i % 28},{'no' if i % 2 else 'yes'}\n" for i in range(60))
    with pytest.raises(DataError, match=r"row 61, column .Date. must be a date such as .* got '20220231'"):
        load_text(tmp_path, f"{content}20220231,no\n")


def test_new_rows_are_read_as_the_column_was(tmp_path: Path) -> None:
    """A form that was found is kept: 05/06/2022 alone is not guessed anew; another form there is refused."""
    rows = [f"{i % 28 + 1:02d}/06/2022,{'no' if i % 2 else 'yes'}" for i in range(60)]
    dataset = load_text(tmp_path, "\n".join(["when,y", *rows]), numeric="none")
    made = preprocessing_from_json(dataset.preprocessing or {})
    assert isinstance(made, TablePreprocessing)
    wanted = day("2022-06-05")
    assert made.transform(pl.DataFrame({"when": ["05/06/2022"]})).item() == np.float32(wanted)
    assert made.transform(pl.DataFrame({"when": [dt.date(2022, 6, 5)]})).item() == np.float32(wanted)
    with pytest.raises(DataError, match='row 1, column "when" must be a date, day first, '):
        made.transform(pl.DataFrame({"when": ["2022-06-05"]}))
    test = write(tmp_path, "when,y\n05/06/2022,no\n04/07/2022,yes\n", "test.csv")
    with_test = load_text(tmp_path, "\n".join(["when,y", *rows]), numeric="none", test=str(test))
    np.testing.assert_array_equal(dense(with_test.test)[:, 0], np.array([wanted, day("2022-07-04")], np.float32))


@pytest.mark.parametrize("cells", ["day first", "names", "offsets", "compact"])
def test_rows_are_held_out_by_the_time_that_was_read(cells: str, tmp_path: Path) -> None:
    """The latest rows are those of the latest moments, never those that are last as text."""
    moments = [dt.datetime(2022, 1, 1) + dt.timedelta(days=5 * (i * 7 % 60)) for i in range(60)]  # noqa: DTZ001
    forms = {"day first": "%d/%m/%Y", "names": "%d %b %Y", "offsets": "%Y-%m-%dT00:00:00+02:00", "compact": "%Y%m%d"}
    rows = [f"{moment.strftime(forms[cells])},{i},{'no' if i % 2 else 'yes'}" for i, moment in enumerate(moments)]
    path = write(tmp_path, "\n".join(["when,row,y", *rows]))
    dataset = load(Data(path=str(path), target="y", time="when", numeric="none"), 0)
    latest = sorted(range(60), key=lambda i: moments[i])[-12:]
    assert sorted(dense(dataset.test)[:, 0].astype(int).tolist()) == sorted(latest)
    assert any('column "when": its ' in warning for warning in dataset.warnings)


def test_the_same_example_is_told_every_time() -> None:
    """The first by its characters whose day is over 12, whatever the order of the rows."""
    cells = [f"{i:02d}/{i % 12 + 1:02d}/2022" for i in range(1, 29)]
    told = {find(pl.Series(cells[i:] + cells[:i])).note for i in range(28)}
    assert told == {"its dates are day first: 13/02/2022 is read as 13 February 2022"}


def test_a_form_that_fits_no_column_is_told(tmp_path: Path) -> None:
    """The key is not passed over without a word."""
    content = "c,y\n" + "".join(f"2022-01-{i % 28 + 1:02d},{'no' if i % 4 < 2 else 'yes'}\n" for i in range(60))
    told = load_text(tmp_path, content, date_format="%d.%m.%Y").warnings
    assert any('date_format = "%d.%m.%Y" fits no column' in line for line in told)
    assert not any("date_format" in line for line in load_text(tmp_path, content, date_format="%Y-%m-%d").warnings)


@pytest.mark.parametrize("value", ["%Q", "%d", "%Y %y", "days", "%", 3, "%Y" + "x" * 200, "%Y\n"])
def test_a_date_format_that_is_none_is_refused(value: Any) -> None:
    """The line says what may stand there."""
    with pytest.raises(ValueError, match="day first"):
        Reading(date_format=value)


def test_a_form_of_ones_own_is_read() -> None:
    """What strptime has: literals, digits side by side, names; of columns that it does not fit all else is found."""
    assert read(["day 13 of 01 (2022)"], Reading(date_format="day %d of %m (%Y)")) == [day("2022-01-13")]
    assert read([13012022, 1022022], Reading(date_format="%d%m%Y")) == [day("2022-01-13"), day("2022-02-01")]
    assert read(["130122", "010222"], Reading(date_format="%d%m%y")) == [day("2022-01-13"), day("2022-02-01")]
    assert read(["2022-01-13"], Reading(date_format="%d.%m.%Y")) == [day("2022-01-13")]
    assert find(pl.Series([1.5, 2.5]), Reading(date_format="%d%m%Y")).meaning == "number"


def test_a_column_by_its_name_of_dates_that_looks_like_an_identifier_is_told_the_key(tmp_path: Path) -> None:
    """What is in no form of dates that is known is left out with the key that reads it."""
    cells = [f"2022-{1 + i % 12:02d}-{1 + i % 28:02d} 12:{i % 60:02d} CET" for i in range(100)]
    content = "day,n,y\n" + "".join(f"{cell},{i % 7},{'no' if i % 2 else 'yes'}\n" for i, cell in enumerate(cells))
    (warning,) = [line for line in load_text(tmp_path, content).warnings if "looks like an identifier" in line]
    assert warning.endswith("reads them")
    dataset = load_text(tmp_path, content, date_format="%Y-%m-%d %H:%M CET")
    assert dataset.n_features == 2

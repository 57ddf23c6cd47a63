"""Texts in tables that leave the product: no program computes them, and each reads back as the text that it was."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pandas as pd  # type: ignore[import-untyped]  # statsmodels brings it
import polars as pl
import pytest
from markdown_it import MarkdownIt

from mlpstudy.results.frames import csv_text
from mlpstudy.results.paper import PaperTable, typeset
from mlpstudy.text.escaping import from_spreadsheet, latex, markdown
from names import hostile

TEXTS = (
    "=1+1", "+5", "-x", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", "'=1", "''=1", "'-0.5", "'", "it's", "a;=1", "a\t@b",
    "-0.5", "-1e-05", "-1,5", "+", "-", "=", "\uff1d1", 'say "x"', 'a,"b', "two\nlines", "two\r\nlines", "a\rb", " x ",
    "", "größe", "模型", "a|b<c>", "NA", "01",
)  # fmt: skip
"""Texts that a spreadsheet or a reader of CSV could take for something else."""

READERS: dict[str, Callable[[str], list[list[str]]]] = {
    "csv": lambda text: list(csv.reader(io.StringIO(text, newline=""))),
    "pandas": lambda text: (
        pd.read_csv(io.StringIO(text, newline=""), header=None, dtype=str, keep_default_na=False).to_numpy().tolist()
    ),
    "Polars": lambda text: [
        list(row) for row in pl.read_csv(text.encode(), has_header=False, infer_schema=False).rows()
    ],
}


@pytest.mark.parametrize("reader", READERS)
def test_a_csv_table_reads_back(reader: str) -> None:
    """Headings and texts are the same again, whoever reads them, once apostrophes are taken off; numbers too."""
    names = [text for text in TEXTS if text]
    frame = pl.DataFrame({"n": [-0.5] * len(TEXTS), **dict.fromkeys(names, TEXTS)})
    head, *rows = READERS[reader](csv_text(frame))
    assert [from_spreadsheet(cell) for cell in head] == ["n", *names]
    assert [float(row[0]) for row in rows] == [-0.5] * len(TEXTS)
    assert [[from_spreadsheet(cell) for cell in row[1:]] for row in rows] == [[text] * len(names) for text in TEXTS]


def test_a_text_in_csv_begins_no_formula() -> None:
    """No cell begins as a formula does, also where a semicolon parts cells; negative numbers are as they were."""
    rows = READERS["csv"](csv_text(pl.DataFrame({"=": TEXTS})))
    cells = [part for (cell,) in rows for part in cell.split(";")]
    assert [cell for cell in cells if re.match(r"[=+\-@\t\r\n\uff1d]", cell)] == ["-0.5", "-1e-05"]


class _Text(HTMLParser):
    """The text of the cells of a page, and its elements."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.elements: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002  # its base's
        self.elements.add(tag)
        if tag in ("th", "td", "p"):
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.cells:
            self.cells[-1] += data.strip("\n")


@pytest.mark.parametrize("name", [*hostile.ATTACKS.values(), "<c>", "a&amp;b", "&lt;", "a&b{x}", "> x", "# x", "1. x"])
def test_markdown_shows_a_name_as_it_is(name: str) -> None:
    """A Markdown reader makes of a caption and of cells the very text, and no element that is none of the table."""
    seen = "".join(c for c in name if c.isprintable()).strip()
    table = PaperTable("t", seen, (seen,), (False,), ((seen,),))
    page = _Text()
    page.feed(MarkdownIt("commonmark").enable("table").render(typeset(table, "markdown")))
    assert page.cells == [seen] * 3
    assert page.elements <= {"p", "table", "thead", "tbody", "tr", "th", "td"}


def test_no_sign_of_html_is_bare_in_markdown() -> None:
    """``<``, ``>`` and ``&`` are entities always, backticks and pipes escaped."""
    assert markdown("<c> & `x` a|b") == r"&lt;c&gt; &amp; \`x\` a\|b"


def test_no_sign_of_tex_is_bare_in_latex() -> None:
    """No sign that TeX obeys, or that OT1 has another sign for, is left as itself."""
    assert not re.sub(r"\\[{}$&#%_]|\\[a-z]+{(\\char34)?}", "", latex("\\{}$&#%_^~|<>\"'`"))
    assert latex("a|b<c>") == r"a\textbar{}b\textless{}c\textgreater{}"
    assert latex("λ \N{MINUS SIGN} ≤") == r"$\lambda$ $-$ $\leq$"

r"""Text that comes from a file, made fit for the place where it is shown: one function a place.

Names of factors, levels and classes, titles, paths and reasons are whatever somebody wrote into a file. In a terminal
they could hide or move what stands beside them, in a table for a paper they could be commands, in a spreadsheet
formulas, in a page scripts, in a command that somebody copies other words.
"""

from __future__ import annotations

import html as markup
import re
import shlex
import unicodedata
from pathlib import PurePath
from typing import Any

from mlpstudy.text.latex_signs import beyond_ascii

JOINERS = "\u200c\u200d"
"""Invisible, but emoji and the scripts of Persia and India are written with them: allowed between other letters than
ASCII's, where they cannot make a second name that looks like a first."""

_MARKUP = re.compile(r"[\\`*|<>&$~]|(?<![^\W_])_|_(?![^\W_])|\](?=[(\[:])")
_HTML = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}

_FORMULA = re.compile("(^|[;\t\r\n])('*)(?=[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20])")
"""Where a spreadsheet could begin to compute: also behind a semicolon, which parts cells where a comma is decimal."""
_NEGATIVE = re.compile(r"-(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")

_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "%": r"\%",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        # In OT1 and T1 this place holds a closing quotation mark; a typewriter has the straight one in both.
        '"': r"\texttt{\char34}",
        "'": r"\textquotesingle{}",
        "`": r"\textasciigrave{}",
    }
)


_LIGATURE = re.compile(r"(?<=-)(?=-)|(?<=,)(?=,)")
"""Places in LaTeX where two characters would become a third: a dash, a quotation mark."""


def is_hidden(text: str, at: int) -> bool:
    r"""Say whether the character at a place of a text is none that a reader sees as itself.

    Those are control characters, marks that turn the direction of writing, other invisible marks, halves of
    surrogate pairs, and the separators of lines and paragraphs.

    >>> is_hidden("a\u202eb", 1), is_hidden("a b", 1)
    (True, False)
    """
    character = text[at]
    if character in JOINERS:
        around = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
        return not all(one > "\x7f" and one not in JOINERS for one in around)
    return unicodedata.category(character)[0] == "C" or character in "\u2028\u2029"


def printable(text: str, keep: str = "") -> str:
    r"""Return text with every hidden character written as its escape; those to keep stay.

    >>> printable("a\x1b[2J\nb \u202etxt.exe"), printable("a\nb", keep="\n")
    ('a\\x1b[2J\\nb \\u202etxt.exe', 'a\nb')
    >>> printable("👩\u200d🔬") == "👩\u200d🔬", printable("a\u200db")
    (True, 'a\\u200db')
    """
    if text.isprintable():
        return text
    return "".join(
        c if c in keep or not is_hidden(text, i) else c.encode("unicode_escape").decode("ascii")
        for i, c in enumerate(text)
    )


def printable_values(value: Any) -> Any:  # noqa: ANN401  # plain JSON values
    r"""Return plain values, every text in them printable; lines stay lines. For a page's scripts, which draw them.

    >>> printable_values({"a\x1b": ["b\x00", 1, None]})
    {'a\\x1b': ['b\\x00', 1, None]}
    """
    if isinstance(value, str):
        return printable(value, keep="\n")
    if isinstance(value, dict):
        return {printable_values(key): printable_values(part) for key, part in value.items()}
    if isinstance(value, list | tuple) and value and isinstance(value[0], str | dict | list | tuple):
        return [printable_values(part) for part in value]
    return value  # a list that begins with a number is one of numbers: thousands of them


def html(text: str) -> str:
    """Return text as it stands in HTML, in an element or in an attribute's quotes.

    >>> html("<script>")
    '&lt;script&gt;'
    """
    return markup.escape(printable(text, keep="\n"))


def markdown(text: str) -> str:
    r"""Return text as it stands in Markdown: no markup, no HTML, no link, no mathematics, no end of a cell.

    >>> markdown("a|b <script> plain_2 *x*")
    'a\\|b &lt;script&gt; plain_2 \\*x\\*'
    """
    return _MARKUP.sub(lambda found: _HTML.get(found[0], f"\\{found[0]}"), printable(text))


def markdown_line(text: str) -> str:
    r"""Return text as a paragraph of Markdown: no heading, no list, no quotation either.

    >>> markdown_line("# 1. x"), markdown_line("1. x")
    ('\\# 1. x', '1\\. x')
    """
    escaped = markdown(text.lstrip())
    marker = re.match(r"\d*(?=[#+\-=.)])", escaped)
    return f"{marker[0]}\\{escaped[marker.end() :]}" if marker else escaped


def latex(text: str) -> str:
    r"""Return text as it stands in LaTeX: no command, no mathematics, no comment.

    >>> latex(r"\input{/etc/passwd} 5 % a--b")
    '\\textbackslash{}input\\{/etc/passwd\\} 5 \\% a-{}-b'
    """
    return beyond_ascii(_LIGATURE.sub("{}", printable(text).translate(_LATEX)))


def spreadsheet(text: str) -> str:
    """Return text as a cell of a CSV file: an apostrophe before what a spreadsheet would compute.

    What begins with ``=``, ``+``, ``-`` or ``@``, in East Asia also with their wide forms, with a tab or the end of a
    line is or hides a formula, unless it is a negative number. Of apostrophes that stand before such a sign already
    there is one more, so that ``from_spreadsheet`` returns the text.

    >>> spreadsheet("=HYPERLINK(1)"), spreadsheet("+5"), spreadsheet("\uff1d1"), spreadsheet("'=1")
    ("'=HYPERLINK(1)", "'+5", "'\uff1d1", "''=1")
    >>> spreadsheet("-0.5"), spreadsheet("a-b"), spreadsheet("it's"), spreadsheet("a;=b")
    ('-0.5', 'a-b', "it's", "a;'=b")
    """
    shown = printable(text, keep="\t\r\n")
    return shown if _NEGATIVE.fullmatch(shown) else _FORMULA.sub(r"\1'\2", shown)


def from_spreadsheet(cell: str) -> str:
    """Return the text that ``spreadsheet`` made a cell of.

    >>> [from_spreadsheet(spreadsheet(text)) for text in ("=1", "'=1", "-0.5", "'-0.5", "it's")]
    ['=1', "'=1", '-0.5', "'-0.5", "it's"]
    """
    return _FORMULA.sub(lambda found: found[1] + found[2][1:], cell)


def shell(word: str | PurePath) -> str:
    r"""Return a word of a command that is printed for somebody to copy: a shell reads it as it is.

    A path that begins with a dash would be taken for an option, and a hidden character would not be copied.

    >>> print(shell(PurePath("my runs/x")), shell("it's"), shell(PurePath("-x")), shell("a\x1bb"))
    'my runs/x' 'it'"'"'s' ./-x $'a\033b'
    """
    text = f"./{word}" if isinstance(word, PurePath) and str(word).startswith("-") else str(word)
    if text.isprintable():
        return shlex.quote(text)
    return f"$'{''.join(_in_shell(text, i) for i in range(len(text)))}'"


def _in_shell(text: str, at: int) -> str:
    """Return a character between ``$'`` and ``'``: by its bytes in octal, which end after three digits."""
    c = text[at]
    if c.isprintable():
        return f"\\{c}" if c in "\\'" else c
    # Bytes of a file's name that are no UTF-8 come as halves of surrogate pairs.
    of_a_file = "\udc80" <= c <= "\udcff"
    return "".join(f"\\{byte:03o}" for byte in c.encode(errors="surrogateescape" if of_a_file else "surrogatepass"))

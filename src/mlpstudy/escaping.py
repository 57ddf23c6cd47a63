r"""Text that comes from a file, made fit for the place where it is shown: one function a place.

Names of factors, levels and classes, titles, paths and reasons are whatever somebody wrote into a file. In a terminal
they could hide or move what stands beside them, in a table for a paper they could be commands, in a spreadsheet
formulas. HTML escapes itself (:mod:`mlpstudy.page.environment`), and so does JSON.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

JOINERS = "\u200c\u200d"
"""Invisible, but emoji and the scripts of Persia and India are written with them: allowed between other letters than
ASCII's, where they cannot make a second name that looks like a first."""

_ESCAPED_AS_IS = re.compile(r"[\\`*|<\[\]$~]|(?<![^\W_])_|_(?![^\W_])|&(?=#|\w+;)")
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")

_NO_FILE = re.compile(r'^\.|[/\\:*?"<>|%]')
MAX_FILE_NAME = 120
"""Bytes of a name in a file's name; systems allow 255, and the seed and the kind of figure follow."""

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
        "\N{MINUS SIGN}": "$-$",
    }
)


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


def markdown(text: str) -> str:
    r"""Return text as it stands in a line or a cell of Markdown: no markup, no HTML, no mathematics, no cell's end.

    >>> markdown("a|b <script> plain_2 *x*")
    'a\\|b &lt;script> plain_2 \\*x\\*'
    """
    special = {"<": "&lt;", "&": "&amp;"}
    return _ESCAPED_AS_IS.sub(lambda found: special.get(found[0], f"\\{found[0]}"), printable(text))


def latex(text: str) -> str:
    r"""Return text as it stands in LaTeX: no command, no mathematics, no comment.

    >>> latex(r"\input{/etc/passwd} 5 %")
    '\\textbackslash{}input\\{/etc/passwd\\} 5 \\%'
    """
    return printable(text).translate(_LATEX)


def spreadsheet(text: str) -> str:
    """Return text as a cell of a CSV file: an apostrophe before what a spreadsheet would compute.

    What begins with ``=``, ``+``, ``-`` or ``@`` is a formula to a spreadsheet, unless it is a number.

    >>> spreadsheet("=HYPERLINK(1)"), spreadsheet("-0.5"), spreadsheet("a-b")
    ("'=HYPERLINK(1)", '-0.5', 'a-b')
    """
    shown = printable(text)
    return f"'{shown}" if _FORMULA.match(shown) and not _NUMBER.fullmatch(shown) else shown


def file_names(names: Iterable[str]) -> dict[str, str]:
    r"""Return a part of a file's name for each name: no folder, nothing hidden, not too long, no two of them one file.

    Two names that differ in case only would be one file on many systems: the second gets a number.

    >>> file_names(["plain-2", "../x", "Plain-2"])
    {'plain-2': 'plain-2', '../x': '%2e.%2fx', 'Plain-2': 'Plain-2~2'}
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        part = _NO_FILE.sub(lambda one: "".join(f"%{byte:02x}" for byte in one[0].encode()), printable(name))
        if len(part.encode()) > MAX_FILE_NAME:
            digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:16]
            part = f"{part.encode()[:MAX_FILE_NAME].decode(errors='ignore')}~{digest}"
        chosen, number = part or "~", 1
        while _folded(chosen) in taken:
            number += 1
            chosen = f"{part}~{number}"
        taken.add(_folded(chosen))
        found[name] = chosen
    return found


def _folded(name: str) -> str:
    """Return a file's name as systems see it that tell no case and no composed letters apart."""
    return unicodedata.normalize("NFKC", name).casefold()

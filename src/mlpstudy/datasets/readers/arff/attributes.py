"""What an ARFF file declares above its rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mlpstudy.datasets.opening.limits import MAX_COLUMNS
from mlpstudy.errors import DataError, must

Kind = Literal["number", "nominal", "date", "text"]

VALUE = r"""(?:'(?:[^'\\]|\\.)*+'|"(?:[^"\\]|\\.)*+")"""
"""A quoted value, with quotes in it behind a backslash."""

_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("numeric", "real", "integer"), "number"),
    **dict.fromkeys(("string",), "text"),
    **dict.fromkeys(("date",), "date"),
}
_ATTRIBUTE = re.compile(rf"@attribute\s++({VALUE}|[^\s{{]++)\s*+(.+)", re.IGNORECASE | re.DOTALL)
_LEVELS = re.compile(r"(\{.*\})\s*(?:%.*)?", re.DOTALL)
_LEVEL = re.compile(rf"\s*+({VALUE}\s*+|[^,]*+)(?:,|$)", re.DOTALL)
_ESCAPED = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_SIGNS = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column of an ARFF file.

    Attributes:
        name: of it.
        kind: what its values are.
        levels: those of a nominal one, in their order.
    """

    name: str
    kind: Kind
    levels: tuple[str, ...] = ()


def is_arff(head: bytes) -> bool:
    r"""Say whether a file that starts so is one: its first line that is no comment names the relation.

    >>> is_arff(b"% made by hand\n\n@RELATION a\n"), is_arff(b"@relations,b\n")
    (True, False)
    """
    for line in head.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        start = line.strip()
        if start and not start.startswith(b"%"):
            return start.lower().split(maxsplit=1)[0] == b"@relation"
    return False


def read_attributes(lines: Iterator[str], name: str) -> tuple[Attribute, ...]:
    """Return what a file declares; leave its lines at the first row.

    Raises:
        DataError: a line above the rows is none of the format, or there are no attributes.
    """
    found: list[Attribute] = []
    for line in lines:
        text = line.strip()
        if not text or text.startswith("%"):
            continue
        keyword = text.lower().split(maxsplit=1)[0]
        if keyword == "@data":
            if not found:
                raise DataError(must(name, "declare attributes above its rows", "none of them"))
            return tuple(found)
        if keyword == "@attribute":
            found.append(_attribute(text, lines, name))
        elif keyword != "@relation":
            be = "begin its lines above the rows with @relation, @attribute or @data"
            raise DataError(must(name, be, f"the line {text[:40]!r}"))
        if len(found) > MAX_COLUMNS:
            raise DataError(must(name, f"have at most {MAX_COLUMNS} columns", "more"))
    raise DataError(must(name, "have rows below a line @data", "no such line"))


def unquoted(value: str) -> str:
    r"""Return a value without its quotes and backslashes.

    >>> unquoted("'it\\'s'"), unquoted("plain")
    ("it's", 'plain')
    """
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        value = value[1:-1]
    return _ESCAPED.sub(lambda match: _sign(match[1]), value) if "\\" in value else value


def _sign(code: str) -> str:
    return chr(int(code[1:], 16)) if len(code) > 1 else _SIGNS.get(code, code)


def _attribute(text: str, lines: Iterator[str], name: str) -> Attribute:
    match = _ATTRIBUTE.fullmatch(text)
    if match is None:
        raise DataError(must(name, "declare attributes as @attribute name type", f"the line {text[:60]!r}"))
    called, kind = unquoted(match[1]), match[2].strip()
    if kind.startswith("{"):
        return Attribute(called, "nominal", _levels(kind, lines, f'{name}, attribute "{called[:40]}",'))
    known = _KINDS.get(kind.lower().split(maxsplit=1)[0])
    if known is None:
        what = f'{name}, attribute "{called[:40]}",'
        fix = "one value an attribute" if kind.lower().startswith("relational") else None
        raise DataError(must(what, "be numeric, nominal, a string or a date", kind[:40], fix))
    return Attribute(called, known)


def _levels(text: str, lines: Iterator[str], what: str) -> tuple[str, ...]:
    """Return the values of a nominal attribute, whose list may go on in the lines below."""
    parts = [text]
    while not (match := _LEVELS.fullmatch(parts[-1] if len(parts) == 1 else "{" + parts[-1])):
        line = next(lines, None)
        if line is None:
            raise DataError(must(what, "have a list of values that ends with }", "the end of the file"))
        parts.append(line.strip())
    last = match[1] if len(parts) == 1 else match[1][1:]
    listed = " ".join([*parts[:-1], last])
    levels = (level[1].strip() for level in _LEVEL.finditer(listed[1:-1]))
    return tuple(unquoted(level) for level in levels if level)

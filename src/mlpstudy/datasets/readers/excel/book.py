"""Which sheets a workbook has, and what their cells share: texts and formats."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from mlpstudy.datasets.opening.files import path_text
from mlpstudy.datasets.readers.excel.package import Package
from mlpstudy.datasets.readers.excel.values import Kind, builtin_kind, kind_of_format
from mlpstudy.errors import DataError, must

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DOCUMENT = "/officeDocument"


@dataclass(frozen=True, slots=True)
class SheetRef:
    """A sheet of a workbook.

    Attributes:
        name: what it is called.
        member: where it is in the archive.
        is_hidden: it is not shown.
    """

    name: str
    member: str
    is_hidden: bool


@dataclass(frozen=True, slots=True, eq=False)
class Book:
    """A workbook.

    Attributes:
        sheets: those of cells, in their order.
        texts: those that cells share.
        kinds: what the numbers of each format are.
        from_1904: its days count from 1904-01-01.
    """

    sheets: tuple[SheetRef, ...]
    texts: tuple[str, ...]
    kinds: tuple[Kind, ...]
    from_1904: bool


def read_book(package: Package) -> Book:
    """Return what is in a workbook beside its cells.

    Raises:
        DataError: it lacks what every workbook has.
    """
    if package.has("content.xml"):
        be, fix = "be a workbook of Excel (.xlsx)", "save it as .xlsx, or as CSV UTF-8"
        raise DataError(must(package.name, be, "an OpenDocument file (.ods)", fix))
    root = _relations(package, "_rels/.rels", "")
    main = next((target for kind, target in root.values() if kind.endswith(_DOCUMENT)), "xl/workbook.xml")
    if main.lower().endswith(".bin"):
        be, fix = "be a workbook of XML (.xlsx)", "save it as .xlsx, or as CSV UTF-8"
        raise DataError(must(package.name, be, "a binary one (.xlsb)", fix))
    folder, _, file = main.rpartition("/")
    relations = _relations(package, f"{folder}/_rels/{file}.rels".removeprefix("/"), folder)
    found = _Workbook()
    package.parse(main, found)
    by_kind = {kind.rpartition("/")[2]: target for kind, target in relations.values()}
    texts, styles = _Texts(), _Styles()
    if member := by_kind.get("sharedStrings"):
        package.parse(member, texts)
    if member := by_kind.get("styles"):
        package.parse(member, styles)
    sheets = [
        SheetRef(path_text(name), relations[key][1], is_hidden)
        for name, key, is_hidden in found.sheets
        if key in relations and relations[key][0].endswith("/worksheet")
    ]
    return Book(tuple(sheets), tuple(texts.found), styles.kinds(), found.from_1904)


def unescaped(text: str) -> str:
    r"""Return a text with the characters that XML cannot hold.

    >>> unescaped("a_x000A_b")
    'a\nb'
    """
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _relations(package: Package, member: str, folder: str) -> dict[str, tuple[str, str]]:
    """Return kind and place of what a member refers to, by its key."""
    found = _Relations()
    if package.has(member):
        package.parse(member, found)
    return {key: (kind, _place(target, folder)) for key, kind, target in found.found}


def _place(target: str, folder: str) -> str:
    """Return where in the archive a target is that is named from a folder, or from the top."""
    return posixpath.normpath(target if target.startswith("/") else f"/{folder}/{target}").lstrip("/")


@dataclass(slots=True)
class _Relations:
    found: list[tuple[str, str, str]] = field(default_factory=list)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            self.found.append((attributes.get("Id", ""), attributes.get("Type", ""), attributes.get("Target", "")))

    def end(self, tag: str) -> None: ...

    def text(self, part: str) -> None: ...


@dataclass(slots=True)
class _Workbook:
    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    from_1904: bool = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            is_hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((attributes.get("name", ""), attributes.get("id", ""), is_hidden))
        elif tag == "workbookPr":
            self.from_1904 = attributes.get("date1904", "0") in {"1", "true"}

    def end(self, tag: str) -> None: ...

    def text(self, part: str) -> None: ...


@dataclass(slots=True)
class _Texts:
    """Texts that cells share, without how they are pronounced (``rPh``)."""

    found: list[str] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _is_text: bool = False
    _is_reading: bool = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:  # noqa: ARG002  # as Handler has it
        if tag == "si":
            self._parts = []
        elif tag == "rPh":
            self._is_reading = True
        self._is_text = tag == "t" and not self._is_reading

    def end(self, tag: str) -> None:
        if tag == "si":
            self.found.append(unescaped("".join(self._parts)))
        elif tag == "rPh":
            self._is_reading = False
        self._is_text = False

    def text(self, part: str) -> None:
        if self._is_text:
            self._parts.append(part)


@dataclass(slots=True)
class _Styles:
    """What the numbers of each format are: of ``cellXfs``, by the codes in ``numFmts``."""

    codes: dict[str, str] = field(default_factory=dict)
    formats: list[str] = field(default_factory=list)
    _is_cells: bool = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt":
            self.codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            self._is_cells = True
        elif tag == "xf" and self._is_cells:
            self.formats.append(attributes.get("numFmtId", "0"))

    def end(self, tag: str) -> None:
        if tag == "cellXfs":
            self._is_cells = False

    def text(self, part: str) -> None: ...

    def kinds(self) -> tuple[Kind, ...]:
        """Return what the numbers of each format are."""
        return tuple(
            kind_of_format(self.codes[number]) if number in self.codes else builtin_kind(number)
            for number in self.formats
        )

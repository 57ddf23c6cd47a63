"""A sheet of a workbook to a table, through the text that Excel would save as CSV, but exact."""

from __future__ import annotations

import hashlib
import zipfile
from io import FileIO

from mlpstudy.datasets.opening.files import size_of
from mlpstudy.datasets.opening.zips import ZIP_FAULTS, check_ends, check_members
from mlpstudy.datasets.readers.csv.source import Source
from mlpstudy.datasets.readers.excel.book import Book, SheetRef, read_book
from mlpstudy.datasets.readers.excel.package import OLE, Package
from mlpstudy.datasets.readers.excel.sheet import SheetCells, most_bytes
from mlpstudy.errors import DataError, must
from mlpstudy.study.reading import Reading
from mlpstudy.text.words import counted, listed

_SHOWN = 4


def sheet_source(file: FileIO, name: str, reading: Reading) -> tuple[Source, str]:
    """Return a sheet of a workbook as text, and what it is called where data are described.

    Args:
        file: the workbook, open.
        name: what it is called in messages.
        reading: which sheet, where a study says so; else the first that is shown and holds something.

    Raises:
        DataError: it is no intact workbook, claims more than its bytes can hold, or has no such sheet.
    """
    if file.read(len(OLE)) == OLE:
        found, fix = "one of Excel 97 (.xls), or with a password", "save it as .xlsx without one, or as CSV UTF-8"
        raise DataError(must(name, "be a workbook of today's Excel (.xlsx)", found, fix))
    file.seek(0)
    try:
        check_ends(file, name, "a workbook")
        with zipfile.ZipFile(file) as archive:
            check_members(archive.infolist(), size_of(file), name, may_be_folders=True)
            package = Package(archive, name)
            book = read_book(package)
            chosen, cells, text = _chosen(package, book, reading, most_bytes(size_of(file)))
    except ZIP_FAULTS as error:
        raise DataError(must(name, "be an intact workbook", str(error) or "damaged bytes")) from error
    notes = (*_of_sheets(book, chosen, reading), *_of_cells(cells))
    source = Source(text, name, len(text), hashlib.sha256(text).hexdigest(), notes, delimiter=",")
    return source, f'Excel, the sheet "{chosen.name}"'


def _chosen(package: Package, book: Book, reading: Reading, most: int) -> tuple[SheetRef, SheetCells, bytes]:
    """Return the sheet that is meant, its cells, and these as text."""
    if not book.sheets:
        raise DataError(must(package.name, "have a sheet of cells", "none"))
    if reading.sheet is not None:
        wanted = [_named(book, reading.sheet, package.name)]
    else:
        wanted = [sheet for sheet in book.sheets if not sheet.is_hidden] or list(book.sheets)
    for sheet in wanted:
        cells = SheetCells(book, package.name, most)
        package.parse(sheet.member, cells)
        if text := cells.to_csv():
            return sheet, cells, text
    found = f'an empty sheet "{wanted[0].name}"' if len(wanted) == 1 else f"{len(wanted)} empty sheets"
    raise DataError(must(package.name, "have cells that hold something", found))


def _named(book: Book, sheet: str | int, name: str) -> SheetRef:
    """Return the sheet of a name, or of a number from 1; the only one where there is one, as new rows may come in."""
    if len(book.sheets) == 1:
        return book.sheets[0]
    if isinstance(sheet, int):
        if sheet <= len(book.sheets):
            return book.sheets[sheet - 1]
        raise DataError(must("data.sheet", f"be 1 to {len(book.sheets)} for {name}", sheet))
    found = next((known for known in book.sheets if known.name.casefold() == sheet.casefold()), None)
    if found is None:
        fix = f"one of {_names(book.sheets)}"
        raise DataError(must(name, f'have the sheet "{sheet}" of data.sheet', "no such sheet", fix))
    return found


def _of_sheets(book: Book, chosen: SheetRef, reading: Reading) -> tuple[str, ...]:
    """Return what is said of the other sheets, where nobody chose."""
    others = [sheet for sheet in book.sheets if sheet is not chosen]
    if not others or reading.sheet is not None:
        return ()
    are = "sheets are" if len(others) > 1 else "sheet is"
    told = f'the sheet "{chosen.name}" is read; its other {are} {_names(others)}, and sheet = "..." reads another'
    return (told,)


def _names(sheets: tuple[SheetRef, ...] | list[SheetRef]) -> str:
    return listed([f'"{sheet.name[:40]}"' for sheet in sheets], _SHOWN)


def _of_cells(cells: SheetCells) -> tuple[str, ...]:
    notes = []
    if n := cells.n_without_value:
        have = "has" if n == 1 else "have"
        notes.append(f"{counted(n, 'formula')} {have} no value in the file and is missing: save it once in Excel")
    if n := cells.n_merged:
        each = "an area" if n == 1 else f"{n} areas"
        notes.append(f"{each} of merged cells over several rows: the value stands in the first row alone")
    return tuple(notes)

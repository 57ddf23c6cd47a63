"""Files and folders of one's own: which format a path calls for, judged by its ending and its first bytes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from mlpstudy.datasets.arrays.pairing import align
from mlpstudy.datasets.opening.compressed import ENDINGS, first_bytes
from mlpstudy.datasets.opening.files import check_exists, path_text, reading
from mlpstudy.datasets.raw import Labelled
from mlpstudy.datasets.readers.csv.encoding import marked
from mlpstudy.datasets.readers.foreign import foreign
from mlpstudy.datasets.readers.menu import FORMATS, Asked, Format, Read
from mlpstudy.errors import DataError, must
from mlpstudy.text.escaping import shell
from mlpstudy.text.words import either, some

_HEAD = 4096
_MOST_ENTRIES = 1000
_SHOWN = 4


def find_format(files: Sequence[Path]) -> Format:
    """Return the format of a file, of a pair (features, labels) or of a folder.

    Raises:
        DataError: there is nothing there, or nothing that is read, or another number of files than the format has.
    """
    check_exists(files)
    is_pair_of_files = len(files) > 1 and files[0].is_file()
    found = _by_file(files[0]) if is_pair_of_files else format_of(files[0])
    _check_number(files, found)
    if found.holds == "pictures":
        _check_folder(files[0])
    return found


def format_of(path: Path) -> Format:
    """Return the format that a path names by itself, with no file beside it.

    Raises:
        DataError: it is nothing that is read.

    >>> format_of(Path("adult.csv")).title
    'CSV, TSV'
    """
    return next((known for known in FORMATS if known.is_set(path)), None) or _by_file(path)


def read_files(files: Sequence[Path], found: Format, asked: Asked) -> Read:
    """Read data of a known format.

    Args:
        files: a file, a pair of files or a folder.
        found: its format.
        asked: what a study asks of it.

    Raises:
        DataError: it is not what it must be.
    """
    read = found.read(files, asked)
    if asked.like is None or not isinstance(read, Labelled):
        return read
    return align(read, asked.like, path_text(files[0]))


def _by_file(path: Path) -> Format:
    return _by_name(path) or _by_content(path)


def _by_name(path: Path) -> Format | None:
    name = _uncompressed(path)
    return next((known for known in FORMATS if known.endings and name.endswith(known.endings)), None)


def _by_content(path: Path) -> Format:
    """Return the format that the first bytes say, for names that say nothing."""
    with reading(path) as file:
        head = file.read(_HEAD)
        inner = first_bytes(file, head, _HEAD)
    for known in FORMATS:
        if known.starts(head) or (inner and known.starts(inner)):
            return known
    name = _uncompressed(path)
    for known in FORMATS:
        if name.endswith(known.perhaps) or (known.perhaps and _is_text(inner)):
            return known
    raise _unknown(path, inner or head)


def _uncompressed(path: Path) -> str:
    """Return a file's name in lower case, without the endings of compressed ones."""
    name = path.name.lower()
    return name.removesuffix(next((ending for ending in ENDINGS if name.endswith(ending)), ""))


def _is_text(start: bytes) -> bool:
    """Say whether bytes that were compressed are those of a text."""
    return bool(start) and (b"\0" not in start or marked(start) is not None)


def _unknown(path: Path, head: bytes) -> DataError:
    """Return the error of a file of no known format: what is read, and by which ending it is known."""
    in_files = [known for known in FORMATS if known.endings]
    folders = dict.fromkeys(known.title for known in FORMATS if not known.endings)
    be = f"be {', or '.join((either(known.title for known in in_files), *folders))}"
    other = foreign(head, _uncompressed(path)) or foreign(b"", path.name)
    if other is not None:
        return DataError(must(path_text(path), be, other.title, other.instead))
    endings = [ending for known in in_files for ending in known.endings if ending.startswith(".")]
    fix = f"a name that ends in one of {', '.join(endings)}"
    return DataError(must(path_text(path), be, path.suffix or "no ending", fix))


def _check_folder(folder: Path) -> None:
    """Refuse a folder without folders in it that holds files of data: which of them is meant would be a guess."""
    with os.scandir(folder) as entries:
        inside = list(islice(entries, _MOST_ENTRIES))
    if any(entry.is_dir() for entry in inside):
        return
    names = sorted(entry.name for entry in inside if _by_name(Path(entry.name)) is not None)
    if names:
        first = path_text(folder / next((name for name in names if "train" in name.lower()), names[0]))
        found = f"a folder of files of data: {some([path_text(name) for name in names], _SHOWN)}"
        raise DataError(must(path_text(folder), "be a file, or a folder of folders of images", found, first))


def _check_number(files: Sequence[Path], found: Format) -> None:
    """Refuse a pair where one file is needed, and one where two are."""
    if len(files) > max(found.n_files):
        kind = "folder" if files[0].is_dir() else f"{found.name} file"
        fix = "its labels as a column of the other; a file of test examples is named as test, not beside it"
        what = path_text(files[1])
        found_text = f"labels beside a {kind}, which has its own"
        raise DataError(must(what, "be left out", found_text, fix if found.holds == "table" else None))
    if len(files) < min(found.n_files):
        name = files[0].name
        labels = f"labels{files[0].suffix}"
        fix = f'["{name}", "{labels}"] in a study file, {shell(Path(name))} {labels} after a command'
        raise DataError(must("data.path", f"be two {found.title} files, features and labels", name, fix))

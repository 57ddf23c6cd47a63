"""ZIP archives of NPY files: the names of the arrays, and those that are asked for."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from mlpstudy.datasets.opening.files import Readable, path_text, reading, size_of
from mlpstudy.datasets.opening.zips import ZIP_FAULTS, check_ends, check_members
from mlpstudy.datasets.readers.npy import NpyArray, read_stream
from mlpstudy.errors import DataError, must

SUFFIX = ".npy"


def array_names(path: str | Path) -> dict[str, str]:
    """Return the names of the arrays in an archive: in lower case, and as they are written.

    Raises:
        DataError: one line with the file's name, where it is no ZIP archive, is damaged, or has members that an honest
            writer does not make (``..``, absolute names, duplicates, links, encryption).
    """
    with _members(path) as (_, by_key):
        return {key: member.filename.removesuffix(SUFFIX) for key, member in by_key.items()}


def read_arrays(path: str | Path, keys: Collection[str]) -> dict[str, NpyArray]:
    """Return some arrays of an archive, by their names in lower case, in the order of the keys.

    Raises:
        DataError: as ``array_names``; or one is no NPY file, or claims more than its bytes can hold.
    """
    name = path_text(path)
    with _members(path) as (archive, by_key):
        return {key: _array(archive, by_key[key], f"{name}, {key}") for key in keys}


@contextmanager
def _members(path: str | Path) -> Iterator[tuple[zipfile.ZipFile, dict[str, zipfile.ZipInfo]]]:
    """Open an archive and check its members, none of which is read."""
    name = path_text(path)
    with reading(path) as file:
        try:
            check_ends(file, name, "an NPZ file")
            with zipfile.ZipFile(file) as archive:
                members = archive.infolist()
                check_members(members, size_of(file), name)
                by_key = {member.filename.removesuffix(SUFFIX).casefold(): member for member in members}
                if len(by_key) < len(members):
                    found = "two that differ in capital letters at most"
                    raise DataError(must(name, "hold arrays of distinct names", found))
                yield archive, by_key
        except ZIP_FAULTS as error:
            raise DataError(must(name, "be an intact NPZ file", str(error) or "damaged bytes")) from error


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> NpyArray:
    with archive.open(member) as stream:
        return read_stream(cast("Readable", stream), member.file_size, name)

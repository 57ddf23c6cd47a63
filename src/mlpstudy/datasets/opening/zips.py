"""ZIP archives, of which nothing is believed before it is checked.

Source: APPNOTE.TXT - .ZIP File Format Specification, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

from __future__ import annotations

import stat
import struct
import zipfile
from io import FileIO

from mlpstudy.datasets.opening.files import size_of
from mlpstudy.datasets.opening.limits import MAX_BYTES, MAX_MEMBERS, check_ratio
from mlpstudy.errors import DataError, must

ZIP_MAGIC = b"PK\x03\x04"
ZIP_FAULTS = (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error)
"""What ``zipfile`` raises where an archive is damaged; ``zlib.error`` is for whoever opened the file."""

_END = b"PK\x05\x06"
_END_BYTES = 22
_ENCRYPTED = 0x1


def check_ends(file: FileIO, name: str, what: str) -> None:
    """Refuse what lies before the first member or after the directory.

    Args:
        file: the archive, open; left at its start.
        name: what it is called in messages.
        what: what it is to be, for messages.

    Raises:
        DataError: so it is.
    """
    n_bytes = size_of(file)
    start = file.read(len(ZIP_MAGIC))
    file.seek(max(n_bytes - _END_BYTES, 0))
    end = file.read(_END_BYTES)
    file.seek(0)
    if start != ZIP_MAGIC:
        raise DataError(must(name, f"be {what}, which starts with 50 4b 03 04", start.hex(" ") or "no bytes"))
    if end[:4] != _END or end[-2:] != b"\0\0":
        raise DataError(must(name, "end with its directory", "a file that was cut off, or bytes after it"))


def check_members(members: list[zipfile.ZipInfo], n_file: int, name: str, *, may_be_folders: bool = False) -> None:
    """Refuse members that an honest writer does not make, and those that claim more than their bytes can hold.

    Raises:
        DataError: there are too many, two of one name, names that lead out of the archive, links, encryption, another
            compression than deflate, or more bytes than there may be.
    """
    if len(members) > MAX_MEMBERS:
        raise DataError(must(name, f"have at most {MAX_MEMBERS} members", len(members)))
    seen: set[str] = set()
    for member in members:
        _check_member(member, name, may_be_folders=may_be_folders)
        if member.filename in seen:
            raise DataError(must(name, "hold every member once", f"{member.filename!r:.60} twice"))
        seen.add(member.filename)
    if sum(member.compress_size for member in members) > n_file:
        raise DataError(must(name, "hold members that do not overlap", "more bytes in members than in the file"))


def _check_member(member: zipfile.ZipInfo, name: str, *, may_be_folders: bool) -> None:
    what = f"{name}, member {member.filename!r:.60}"
    parts = member.orig_filename.replace("\\", "/").split("/")
    if not member.filename.isprintable() or member.filename != member.orig_filename or "\\" in member.filename:
        raise DataError(must(what, "have a plain name", "control characters or backslashes"))
    if ".." in parts or parts[0] == "" or ":" in parts[0]:
        raise DataError(must(what, "have a name within the archive", "a path that leads out of it"))
    if (member.is_dir() and not may_be_folders) or stat.S_ISLNK(member.external_attr >> 16):
        raise DataError(must(what, "be a file", "a folder or a symbolic link"))
    if member.flag_bits & _ENCRYPTED or member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise DataError(must(what, "be stored or deflated", "encryption or another compression"))
    if member.file_size > MAX_BYTES and member.compress_type != zipfile.ZIP_STORED:
        raise DataError(must(what, f"claim at most {MAX_BYTES} bytes", f"{member.file_size} bytes"))
    if member.compress_type == zipfile.ZIP_STORED and member.file_size != member.compress_size:
        raise DataError(must(what, "be as long as its bytes", f"{member.file_size} in {member.compress_size} bytes"))
    check_ratio(member.file_size, member.compress_size, what)

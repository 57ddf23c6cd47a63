"""A workbook's archive: its members as XML, element by element, without document types and so without entities."""

from __future__ import annotations

import zipfile
from io import FileIO
from typing import Protocol
from xml.parsers import expat  # a document type, without which there are no entities, is refused

from mlpstudy.datasets.opening.zips import ZIP_FAULTS, ZIP_MAGIC
from mlpstudy.errors import DataError, must

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What files of Excel 97 begin with, and newer ones with a password."""

_BLOCK = 2**18
_MOST_DEPTH = 100  # expat keeps some 300 bytes for each element that is open
_MARKS = {"[content_types].xml", "xl/workbook.xml", "xl/workbook.bin", "content.xml"}


def is_workbook(file: FileIO, head: bytes) -> bool:
    """Say whether a file that starts so is a workbook, or what comes in its place: of Excel 97, or with a password."""
    if head.startswith(OLE):
        return True
    if not head.startswith(ZIP_MAGIC):
        return False
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            return any(member.lower() in _MARKS for member in archive.namelist())
    except ZIP_FAULTS:
        return False
    finally:
        file.seek(0)


class Handler(Protocol):
    """What is told of the elements of a member, by their names without namespaces."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        ...

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        ...

    def text(self, part: str) -> None:
        """Take text within an element, which may come in several parts."""
        ...


class Package:
    """A workbook's archive, whose members were checked."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._names = {member.lower(): member for member in archive.namelist()}
        self.name = name

    def has(self, member: str) -> bool:
        """Say whether there is such a member; capital letters make no difference, as in the format."""
        return member.lower() in self._names

    def parse(self, member: str, handler: Handler) -> None:
        """Read a member as XML.

        Raises:
            DataError: there is none of that name, or it is no plain XML.
        """
        if not self.has(member):
            raise DataError(must(self.name, "be an intact workbook", f"no member {member!r:.60}"))
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        depth = 0

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            if depth > _MOST_DEPTH:
                raise DataError(must(self.name, f"be of XML at most {_MOST_DEPTH} deep", "more"))
            handler.start(_local(tag), _plain(attributes))

        def end(tag: str) -> None:
            nonlocal depth
            depth -= 1
            handler.end(_local(tag))

        parser.StartElementHandler, parser.EndElementHandler = start, end
        parser.CharacterDataHandler = handler.text
        parser.StartDoctypeDeclHandler = self._refuse
        try:
            with self._archive.open(self._names[member.lower()]) as stream:
                while block := stream.read(_BLOCK):
                    parser.Parse(block, False)  # noqa: FBT003  # no names in its signature
                parser.Parse(b"", True)  # noqa: FBT003  # as above
        except expat.ExpatError as error:
            raise DataError(must(self.name, "be an intact workbook", f"{member!r:.60}: {error}")) from error

    def _refuse(self, *_: object) -> None:
        raise DataError(must(self.name, "be a workbook of plain XML", "a document type", "save it anew in Excel"))


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _plain(attributes: dict[str, str]) -> dict[str, str]:
    """Return attributes by their names without namespaces."""
    return {_local(key): value for key, value in attributes.items()} if attributes else attributes

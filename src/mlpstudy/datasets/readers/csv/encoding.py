"""In which encoding a text is written that may not be UTF-8: what is certain, what is a guess, and the text in UTF-8.

A byte order mark is certain, and so are UTF-16 and UTF-32 without one where their first bytes read as text. Bytes that
are no UTF-8 and that no right UTF-8 stands beside are of an encoding of one byte a character: cp1252, as Windows writes
it in the west, or a guess of ``charset_normalizer`` where read as cp1252 they would be no words. It is said with a word
that shows whether it is right, and ``data.encoding`` settles it.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from mlpstudy.errors import DataError, must

BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""Byte order marks; the longer ones first, since that of UTF-32 starts as one of UTF-16 does."""

_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_HEAD_BYTES = 2**12
_BLOCK_BYTES = 2**20
_ZEROS = 8  # of so many bytes one is zero at least, where digits, delimiters and line ends have two bytes or four
_SAMPLE_BYTES = 2**16
_WESTERN = ("cp1250", "mac_roman")
_GUESSES = ("cp1250", "cp1251", "cp1253", "cp1255", "cp1256", "cp1257", "koi8_r", "cp932", "gb18030", "big5", "cp949")
_WORD = re.compile(r"[^\W\d_]*[^\x00-\x7f][^\W\d_]*")
_NO_WORD = re.compile(
    "[^\\W\\d_](?:[^\x00-\x7f\\w\\s\u2018\u2019\u2013\u2014]|[\xaa\xba\xb2\xb3\xb9\xbc-\xbe])[^\\W\\d_]"
)
"""A sign within a word, other than quotes and dashes."""
_FAR_WORD = re.compile(r"(?:(?=[^\W\d_])[^\x00-\x7f])+")
_OF_SEVERAL_BYTES = frozenset(("cp932", "gb18030", "big5", "cp949"))
_WITHIN_OURS = re.compile(r"[A-Za-z](?:(?=[^\W\d_])[^\x00-\x7f])+|(?:(?=[^\W\d_])[^\x00-\x7f])+[A-Za-z]")
_LONG_RUN = re.compile(r"(?:(?!ß)[^\x00-\x7f]){3,}")

_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|[\xf1-\xf4][\x80-\xbf]{3}")


@dataclass(slots=True)
class Survey:
    """What one pass over the bytes of a text says.

    Attributes:
        sha256: hash of the bytes.
        is_utf8: whether they are UTF-8.
        has_wide: whether a character of several bytes is among them, in right UTF-8.
        has_zero: whether a zero byte is among them.
        sample: lines with bytes that are no ASCII, from the first that are no UTF-8 on.
    """

    sha256: str = ""
    is_utf8: bool = True
    has_wide: bool = False
    has_zero: bool = False
    sample: bytes = b""


def survey(file: BinaryIO) -> Survey:
    """Read a text once, from its start, for its hash and its encoding."""
    digest, found, rest = hashlib.sha256(), Survey(), b""
    for block in blocks(file):
        digest.update(block)
        found.has_zero = found.has_zero or b"\0" in block
        if not rest and block.isascii():
            continue
        rest = _look_at(rest + block, found)
    found.is_utf8 = found.is_utf8 and not rest
    found.sample = found.sample or rest
    found.sha256 = digest.hexdigest()
    return found


def _look_at(block: bytes, found: Survey) -> bytes:
    """Look at a block that is not ASCII alone; return the bytes at its end that the next block may complete."""
    if found.is_utf8:
        try:
            text, n = codecs.utf_8_decode(block, "strict", False)  # noqa: FBT003  # no names in its signature
        except UnicodeDecodeError:
            found.is_utf8 = False
        else:
            found.has_wide = found.has_wide or not text.isascii()
            return block[n:]
    found.has_wide = found.has_wide or _has_right_utf8(block)
    if len(found.sample) < _SAMPLE_BYTES:
        found.sample += b"\n".join(line for line in block.split(b"\n") if not line.isascii())[:_SAMPLE_BYTES]
    return b""


def _has_right_utf8(block: bytes) -> bool:
    """Say whether characters of several bytes stand in right UTF-8 among bytes that are none.

    Two letters of cp1252 look like one of UTF-8 once in a while (``Ã©``), hardly ever as often as single ones.
    """
    right = len(_UTF8.findall(block))
    return right > 0 and right >= len(_NOT_ASCII.findall(_UTF8.sub(b"", block)))


def blocks(file: BinaryIO) -> Iterator[bytes]:
    """Yield the bytes of a file from its start."""
    file.seek(0)
    while block := file.read(_BLOCK_BYTES):
        yield block


def marked(head: bytes) -> str | None:
    r"""Return the encoding that the first bytes show for certain, None where they show none.

    >>> marked("a,b\n1,2\n".encode("utf-16-le")), marked(b"a,b\n1,2\n")
    ('utf-16-le', None)
    """
    for mark, encoding in BOMS.items():
        if head.startswith(mark):
            return encoding
    start = head[:_HEAD_BYTES]
    if _ZEROS * start.count(b"\0") < len(start) or b"\0" not in start:
        return None
    return next((encoding for encoding in _WIDE if _reads_as_text(start, encoding)), None)


def _reads_as_text(start: bytes, encoding: str) -> bool:
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(start)
    lines = text.splitlines()
    return len(lines) > 1 and all(line.replace("\t", "").isprintable() for line in lines) and "\ufffd" not in text


def guess(found: Survey) -> str | None:
    """Return the encoding that text is probably in which is no UTF-8; None where nothing says."""
    western = _decoded(found.sample, "cp1252")
    n_far = sum(len(run) for run in _LONG_RUN.findall(western) if len(set(run)) > 1)
    if 2 * n_far < sum(not sign.isascii() for sign in western):
        if _has_words(western):
            return "cp1252"
        for encoding in _WESTERN:
            text = _decoded(found.sample, encoding)
            if _has_words(text) and _is_mostly_letters(text):
                return encoding
    from charset_normalizer import from_bytes  # noqa: PLC0415  # only where it is needed

    best = from_bytes(found.sample, cp_isolation=list(_GUESSES)).best()
    if best is not None and _has_far_words(_decoded(found.sample, best.encoding), best.encoding):
        return best.encoding
    return "cp1251" if n_far and _has_words(_decoded(found.sample, "cp1251")) else ("cp1252" if western else None)


def _has_far_words(text: str, encoding: str) -> bool:
    """Say whether a text has words of another script, and not signs of one within words of ours."""
    if encoding in _OF_SEVERAL_BYTES and 2 * len(_WITHIN_OURS.findall(text)) > len(_FAR_WORD.findall(text)):
        return False
    return max(map(len, _FAR_WORD.findall(text)), default=0) > 1


def _decoded(sample: bytes, encoding: str) -> str:
    """Return a text; empty where it is not in that encoding."""
    try:
        return sample.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _has_words(text: str) -> bool:
    """Say whether signs stand between words, as they do where an encoding is right, and not within them."""
    return bool(text) and not _NO_WORD.search(text)


def _is_mostly_letters(text: str) -> bool:
    signs = [sign for sign in text if not sign.isascii()]
    return 2 * sum(sign.isalpha() for sign in signs) > len(signs)


def example(text: str) -> str:
    r"""Return the first word of a text that shows its encoding; empty where none does.

    >>> example("id,Größe\n1,2\n")
    'Größe'
    """
    words = [word for word in _WORD.findall(text) if word.isprintable()]
    return max(words[:20], key=len, default="")[:30]


def to_utf8(file: BinaryIO, encoding: str, name: str) -> bytes:
    """Return a text in UTF-8, its line ends as they are.

    Raises:
        DataError: it is not in that encoding; the line says where.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    parts: list[bytes] = []
    n_lines = 1
    try:
        for block in blocks(file):
            parts.append(decoder.decode(block).encode())
            n_lines += parts[-1].count(b"\n")
        parts.append(decoder.decode(b"", final=True).encode())
    except UnicodeError as error:
        reason = getattr(error, "reason", "") or "other bytes"
        what = f"{name}, after line {n_lines}" if n_lines > 1 else name
        fix = "save it as UTF-8, or say another encoding"
        raise DataError(must(what, f"be text in {encoding.upper()}", reason, fix)) from error
    return b"".join(parts).removeprefix(codecs.BOM_UTF8)

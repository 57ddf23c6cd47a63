"""Where the text of a table comes from: encodings and compression, found out, read and said."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from mlpstudy.datasets import load
from mlpstudy.datasets.new_examples import Reader
from mlpstudy.datasets.opening import limits
from mlpstudy.datasets.preprocessing.stored import preprocessing_from_json
from mlpstudy.datasets.readers.choosing import format_of
from mlpstudy.datasets.readers.tables import read_table
from mlpstudy.errors import DataError, StudyError
from mlpstudy.study import Data
from mlpstudy.study.reading import Reading

WORDS = {
    "cp1252": "Größe,Käse\n1,weiß\n2,5 €\n3,“grün”\n",
    "cp1250": "miasto,kolor\nŁódź,żółty\nŚwidnik,biały\n",
    "cp1251": "дни,вид\nлимит,зимний\nжильё,винил\n",
    "mac_roman": "größe,Käse\n1,weiß\n2,grün\n",
    "cp932": "都市,色\n東京,あか\n大阪,あおいろ\n",
}
WIDE = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
PLAIN = "a,kind\n" + "".join(f"{i / 7:.3f},{'xy'[i % 2]}\n" for i in range(40))


def zipped(*names: str) -> bytes:
    """Return a ZIP archive of the plain table, under each of these names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, "" if name.endswith("/") else PLAIN)
    return buffer.getvalue()


COMPRESSED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda text: gzip.compress(text, mtime=0),
    "gzip of two members": lambda text: gzip.compress(text[:50], mtime=0) + gzip.compress(text[50:], mtime=0),
    "padded gzip": lambda text: gzip.compress(text, mtime=0) + bytes(100),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zip": lambda _: zipped("rows.csv"),
    "zip of a Mac": lambda _: zipped("rows/", "rows/rows.csv", "__MACOSX/._rows.csv"),
}


def write(folder: Path, content: bytes, name: str = "t.csv") -> Path:
    """Write a file; return its path."""
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", WORDS)
def test_text_of_one_byte_a_character_is_read_and_said(encoding: str, tmp_path: Path) -> None:
    """Names and cells come out right, and a line names the encoding with a word that shows it."""
    text = WORDS[encoding]
    read = read_table(write(tmp_path, text.encode(encoding)))
    lines = text.splitlines()
    assert read.frame.columns == lines[0].split(",")
    assert read.frame[:, 1].to_list() == [line.split(",")[1] for line in lines[1:]]
    (warning,) = read.warnings
    assert f"it is not in UTF-8, and read as {encoding} (" in warning


@pytest.mark.parametrize("n_blocks", [1, 3])
@pytest.mark.parametrize("encoding", WIDE)
def test_wide_text_is_read_with_and_without_a_mark(encoding: str, n_blocks: int, tmp_path: Path) -> None:
    """UTF-16 and UTF-32, of either order of bytes, whatever the length."""
    text = "größe\tkind\n" + "".join(f"{i}\tзимний\n" for i in range(60 if n_blocks == 1 else 90_000))
    read = read_table(write(tmp_path, text.encode(encoding), "Unicode text.txt"))
    assert read.frame.columns == ["größe", "kind"]
    assert read.frame["kind"].unique().to_list() == ["зимний"]
    assert read.frame.height == len(text.splitlines()) - 1
    assert f"it is written in {encoding[:6].upper()}, and read so" in read.warnings[0]


def test_utf8_is_not_spoken_of(tmp_path: Path) -> None:
    """With or without its mark, and where a block ends within a character."""
    for text in ("\ufeffgröße,b\n1,x\n", "größe,b\n1,x\n", "größe,b\n" + "é,ü\n" * 400_001):
        read = read_table(write(tmp_path, text.encode()))
        assert read.frame.columns == ["größe", "b"]
        assert read.warnings == ()


def test_the_encoding_that_a_study_says_is_the_one(tmp_path: Path) -> None:
    """Czech words read as cp1252 have other letters: the key settles it, for training, test and new rows."""
    rows = "".join(f"{i / 7:.3f},{('žlutý', 'červený')[i % 2]}\n" for i in range(60))
    path = write(tmp_path, ("a,třída\n" + rows).encode("cp1250"))
    assert "třída" not in read_table(path).frame.columns
    data = Data(path=str(path), target="třída", test=str(path), encoding="cp1250")
    loaded = load(data, 0)
    assert loaded.class_names == ("červený", "žlutý")
    assert not [line for line in loaded.warnings if "UTF-8" in line]
    reader = Reader(preprocessing_from_json(loaded.preprocessing or {}), loaded.class_names)
    assert set(reader.read([path]).labels.tolist()) == {0, 1}


@pytest.mark.parametrize("name", ["cp12520", "zlib", "rot13", "idna", "utf-7", "unicode_escape", "a\0"])
def test_an_encoding_that_is_none_is_refused(name: str) -> None:
    """So are those that turn bytes into bytes, and those that are not for files."""
    with pytest.raises((StudyError, ValueError), match="an encoding such as"):
        Reading(encoding=name)


@pytest.mark.parametrize("kind", COMPRESSED)
@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.tsv.xz", "t", "t.gz", "t.zip", "t.data.bz2"])
def test_compressed_tables_are_read_whatever_their_name(kind: str, name: str, tmp_path: Path) -> None:
    """The same cells, and where a file is compressed as a whole, the hash of what it holds."""
    path = write(tmp_path, COMPRESSED[kind](PLAIN.encode()), name)
    assert format_of(path).name == "csv" or kind.startswith("zip")
    read, plain = read_table(path), read_table(write(tmp_path, PLAIN.encode(), "plain.csv"))
    assert read.frame.equals(plain.frame)
    assert read.sha256 == plain.sha256
    assert read.warnings == ()


def test_a_compressed_text_may_be_in_any_encoding(tmp_path: Path) -> None:
    """UTF-16 within gzip, with its note."""
    read = read_table(write(tmp_path, gzip.compress("größe\tb\n1\tx\n".encode("utf-16")), "t.txt.gz"))
    assert read.frame.columns == ["größe", "b"]
    assert "UTF-16" in read.warnings[0]


REFUSED = {
    "cut off": (gzip.compress(PLAIN.encode())[:-9], "must be an intact gzip file, got an end that is cut off"),
    "damaged": (gzip.compress(PLAIN.encode())[:40] + b"1234567890" * 9, "must be an intact gzip file, got error -3"),
    "gzip twice": (gzip.compress(gzip.compress(b"a,b\n1,2\n")), "a compressed file inside gzip, fix: unpack it first"),
    "cut bzip2": (bz2.compress(PLAIN.encode())[:-9], "must be an intact bzip2 file, got an end that is cut off"),
    "cut xz": (lzma.compress(PLAIN.encode())[:-9], "must be an intact xz file, got an end that is cut off"),
    "Zstandard": (b"\x28\xb5\x2f\xfd" + b"1" * 99, "plain text or compressed with gzip, got 'Zstandard', fix: zstd -d"),
    "two files": (zipped("a.csv", "b.csv"), "must hold one file, got 2 files, 'a.csv' for one, fix: unpack it"),
    "a way out": (zipped("../a.csv"), "must have a name within the archive"),
    "a Parquet file": (gzip.compress(b"PAR1" + b"1" * 99), "got a Parquet file within a compressed one, fix: unpack"),
}


@pytest.mark.parametrize(("content", "line"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_read_of_compressed_files_is_one_line(content: bytes, line: str, tmp_path: Path) -> None:
    """With what the file is, not what it is not."""
    with pytest.raises(DataError) as caught:
        read_table(write(tmp_path, content))
    assert line in str(caught.value)


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_a_file_that_becomes_too_large_is_refused(compress: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """Over 64 MiB only a hundred bytes for one, by any compression."""
    path = write(tmp_path, compress(b"a,b\n" + b"1,2\n" * (limits.PLAUSIBLE_BYTES // 3)))
    with pytest.raises(DataError, match=r"must decompress to at most \d+ bytes, got 'more', fix: decompress it where"):
        read_table(path)

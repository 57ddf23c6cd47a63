"""Small files that claim, or would become, gigabytes: refused in one line with 1 GiB of address space."""

from __future__ import annotations

import gzip
import json
import os
import resource
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from datasets.archives import npy, npy_claiming, npy_header, zip_claiming, zipped
from datasets.workbooks import members, packed, sheet

MIB = 2**20
GIB = 2**30

READ = """
import sys
from pathlib import Path

from mlpstudy.datasets.readers.idx import read_idx
from mlpstudy.datasets.readers.idx_folder import read_idx_folder
from mlpstudy.datasets.readers.image_folder import read_image_folder
from mlpstudy.datasets.readers.libsvm import read_libsvm
from mlpstudy.datasets.readers.npy import read_npy_rows
from mlpstudy.datasets.readers.npz import read_npz
from mlpstudy.datasets.pictures.files import read_grey
from mlpstudy.datasets.readers.tables import read_table
from mlpstudy.errors import MlpstudyError
from mlpstudy.study import load_study
from mlpstudy.store.weights import decode

readers = {
    "csv": read_table, "idx": read_idx, "folder": read_image_folder, "npy": read_npy_rows, "npz": read_npz,
    **dict.fromkeys(("arff", "gz", "parquet", "xlsx", "zip"), read_table),
    "png": read_grey, "svm": read_libsvm, "toml": load_study,
    "safetensors": lambda path: decode(Path(path).read_bytes(), "final", path),
}
for path in sys.argv[1:]:
    try:
        readers[path.rpartition(".")[2]](path)
    except MlpstudyError as error:
        print(error)
    else:
        print("READ", path)
# Not getrusage: its peak is inherited from the process that started this one.
print(next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""

LAUGHS = (
    "<!DOCTYPE a [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + "]><a>&j;</a>"
)
"""A thousand million laughs."""


def zeros(n_mib: int, start: bytes = b"") -> bytes:
    """Return a gzip member of so many MiB of zeros, cut off before its end.

    After a full flush a MiB of zeros always compresses to the same bytes, which can be repeated.
    """
    deflate = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = deflate.compress(start) + deflate.flush(zlib.Z_FULL_FLUSH)
    return head + n_mib * (deflate.compress(bytes(MIB)) + deflate.flush(zlib.Z_FULL_FLUSH))


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG file."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(columns: int, rows: int, body: bytes = b"") -> bytes:
    """Return a grey picture of any size, with some or none of its rows."""
    head = struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0)
    data = zlib.compress(body, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def npy_of_32_gib() -> bytes:
    """Return the public bomb of 80 bytes."""
    content = npy_header("{'descr':'<f8','fortran_order':False,'shape':(4294967296,),}")
    assert len(content) == 80
    return content


def npz_of_8_tib(name: str = "arr_0") -> bytes:
    """Return the public bomb of 244 bytes, or one whose array has a name that is read."""
    claim = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1099511627776,), }".ljust(117) + b"\n"
    members = {f"{name}.npy": b"\x93NUMPY\x01\x00" + struct.pack("<H", len(claim)) + claim}
    if name != "arr_0":
        return zipped({**members, "y.npy": npy(np.ones(2))}, compression=0)
    content = zipped(members, compression=0)
    assert len(content) == 244
    return content


def parquet_of(n_rows: int, folder: Path) -> bytes:
    """Return a table of constant columns."""
    path = folder / "constant"
    pl.DataFrame({f"c{i}": np.zeros(n_rows, np.int64) for i in range(4)}).write_parquet(path)
    return path.read_bytes()


def safetensors(header: bytes) -> bytes:
    """Return a file of any header."""
    return struct.pack("<Q", len(header)) + header


def bombs(folder: Path) -> dict[str, bytes]:
    """Return every bomb by its name, whose ending names the reader."""
    header = b"\0\0\x08\x03" + struct.pack(">III", 2**15, 2**10, 2**10)
    claim = json.dumps({"final/a": {"dtype": "F32", "shape": [2**31, 2**8], "data_offsets": [0, 2**41]}}).encode()
    return {
        "80-bytes.npy": npy_of_32_gib(),
        "overflow.npy": npy_claiming(2**32, 2**32, 2**32, 2**32),
        "long-header.npy": b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + bytes(99),
        "244-bytes.npz": npz_of_8_tib(),
        "x.npz": npz_of_8_tib("x"),
        "lying-member.npz": zip_claiming("x.npy", npy_claiming(2**29), 2**32 - 1),
        "zeros.npz": zipped(
            {"x.npy": npy_claiming(700 * MIB, 1, descr="|u1") + bytes(700 * MIB), "y.npy": npy(np.ones(2))}
        ),
        "claim.idx": header + bytes(64),
        "claim-gz.idx": gzip.compress(header + bytes(64)),
        "zeros-gz.idx": zeros(4096, header),
        "nested-gz.idx": gzip.compress(gzip.compress(zeros(200))),
        "zeros-gz.svm": zeros(4096, b"1 1:1\n"),
        "nested-gz.svm": gzip.compress(gzip.compress(zeros(200))),
        "long-line.svm": b"1 " + b"1:1 " * (10 * MIB),
        "long-number.svm": b"1 1:" + b"1" * (40 * MIB),
        "50000.png": png(50_000, 50_000),
        "50000-of-zeros.png": png(50_000, 50_000, bytes(100 * MIB)),
        "wide.png": png(2**31 - 1, 1),
        "columns.csv": b"," * (5 * MIB) + b"\n",
        "quote.csv": b'a,b\n1,"' + b"x" * MIB,
        "zeros.csv": bytes(20 * MIB),
        "zeros.csv.gz": zeros(1024, b"a,b\n1,2\n"),
        "nested.csv.gz": gzip.compress(gzip.compress(zeros(200, b"a,b\n1,2\n"))),
        "rows.csv.gz": gzip.compress(b"a,b\n" + b"1,2\n" * (100 * MIB)),
        "zeros.csv.zip": zipped({"a.csv": bytes(700 * MIB)}),
        "lying.csv.zip": zip_claiming("a.csv", b"a,b\n1,2\n", 2**32 - 1),
        "sparse.arff": b"@relation a\n"
        + b"".join(b"@attribute a%d real\n" % i for i in range(19_000))
        + b"@data\n"
        + b"{}\n" * 100_000,
        "blanks.arff": b"@relation a\n@attribute a real\n@data\n'" + b" " * (2 * MIB) + b"x\n",
        "quotes.arff": b"@relation a\n@attribute a {" + b"'a\\" * MIB + b"\n@data\n1\n",
        "far.xlsx": packed(members({"a": sheet([["a"]]).replace("</row>", '<c r="XFD1048576"><v>1</v></c></row>')})),
        "laughs.xlsx": packed({**members({"a": LAUGHS}), "xl/sharedStrings.xml": LAUGHS}),
        "one-text.xlsx": packed(members({"a": sheet([['<c t="s"><v>0</v></c>']] * 20_000)}, ["x" * MIB])),
        "zeros.xlsx": packed({**members({"a": sheet([["a"]])}), "xl/media/zeros": bytes(700 * MIB)}),
        "blanks.xlsx": packed(members({"a": sheet([["a"]]).replace("<row", " " * (200 * MIB) + "<row")})),
        "deep.xlsx": packed(members({"a": "<a>" * 2_000_000})),
        "constant.parquet": parquet_of(30_000_000, folder),
        "deep.toml": b"a = " + b"[" * 10_000,
        "deep-tables.toml": b"a = " + b"{a=" * 10_000,
        "long-key.toml": b"a" + b".a" * 200_000 + b" = 1",
        "deep.safetensors": safetensors(b"[" * 100_000),
        "claim.safetensors": safetensors(claim),
        "long-header.safetensors": struct.pack("<Q", 2**62) + b"{}",
    }


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Read all bombs in one process with 1 GiB of address space; return what it said of each."""
    folder = tmp_path_factory.mktemp("bombs")
    paths = []
    for name, content in bombs(folder).items():
        paths.append(folder / name)
        paths[-1].write_bytes(content)
    paths.extend(folder / name for name in ("gigabyte.toml", "endless.toml"))
    with paths[-2].open("wb") as file:
        file.truncate(GIB)
    paths[-1].symlink_to("/dev/zero")
    paths.append(folder / "folder.folder")
    for kind in ("cat", "dog"):
        (paths[-1] / kind).mkdir(parents=True)
        (paths[-1] / kind / "50000.png").write_bytes(png(50_000, 50_000))
    tables = [path for path in paths if path.suffix in {".arff", ".csv", ".gz", ".parquet", ".xlsx", ".zip"}]
    others = [path for path in paths if path not in tables]
    return {**read(others, GIB), **read(tables, 4 * GIB)}


def read(paths: list[Path], n_bytes: int) -> dict[str, str]:
    """Read files in a process with so much address space; return what it said of each.

    Polars reserves gigabytes of address space for its threads, unused; so the tables' memory is measured as well.
    """
    done = subprocess.run(
        [sys.executable, "-c", READ, *paths],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (n_bytes, n_bytes)),
    )
    assert done.returncode == 0, (done.stdout[-2000:], done.stderr[-3000:])
    *lines, peak_mib = done.stdout.splitlines()
    assert len(lines) == len(paths), lines
    # A large honest block is looked at on the way to refusing some: measured 506 to 527 MiB; tables 189.
    assert int(peak_mib) < (640 if n_bytes == GIB else 512)
    return {path.name: line for path, line in zip(paths, lines, strict=True)}


def test_every_bomb_is_refused_by_name(told: dict[str, str]) -> None:
    """Each is one line that names its file and says what must be; none is read, none ends the process."""
    for name, line in told.items():
        where = "50000.png" if name == "folder.folder" else name
        assert where in line, line
        assert " must " in line, line
        assert line.isprintable()


def test_none_is_refused_because_memory_ran_out(told: dict[str, str]) -> None:
    """What a bomb claims is compared with its bytes; memory is not tried out."""
    for line in told.values():
        assert "fit into memory" not in line


def test_an_honest_file_that_does_not_fit_is_one_line_too(tmp_path: Path) -> None:
    """A plain array of more bytes than there is memory for is no bomb, and no traceback either."""
    path = tmp_path / "large.npy"
    header = npy_claiming(1500, MIB, descr="|u1")
    with path.open("wb") as file:
        file.write(header)
        file.truncate(len(header) + 1500 * MIB)
    (line,) = read([path], GIB).values()
    assert line.endswith("large.npy must fit into memory, got no memory for it")

"""What is fuzzed: every reader of foreign bytes, as a function of those bytes.

A target returns, or raises one of the package's own errors with a message of one printable line. Anything else is a
fault. Where a format hides its content behind checksums or compression, which random changes never get right, a second
target builds the outside from the bytes and leaves the inside to chance.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from datasets.workbooks import members, packed, sheet
from mlpstudy.datasets.loading import load
from mlpstudy.datasets.new_examples import Reader
from mlpstudy.datasets.opening.files import reading
from mlpstudy.datasets.opening.gz import read_whole
from mlpstudy.datasets.overview.description import describe_data
from mlpstudy.datasets.pictures.files import quiet, read_grey, upright_size
from mlpstudy.datasets.preprocessing.stored import preprocessing_from_json
from mlpstudy.datasets.raw import Labelled
from mlpstudy.datasets.readers.idx import read_idx
from mlpstudy.datasets.readers.idx_folder import read_idx_folder
from mlpstudy.datasets.readers.image_folder import read_image_folder
from mlpstudy.datasets.readers.libsvm import read_libsvm, read_libsvm_rows
from mlpstudy.datasets.readers.npy import read_npy, read_npy_rows
from mlpstudy.datasets.readers.npz import read_npz, read_npz_rows
from mlpstudy.datasets.readers.parquet_claims import check_parquet
from mlpstudy.datasets.readers.tables import read_table
from mlpstudy.errors import MAX_MESSAGE, MlpstudyError
from mlpstudy.evidence.claims import read_claims
from mlpstudy.store import Store, checkpoints
from mlpstudy.store.weights import decode as decode_weights
from mlpstudy.study import Data, load_study

RUN_ID = "0123456789abcdef"

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  # a folder in memory, where there is one
_FOLDER = tempfile.TemporaryDirectory(dir=_SHARED_MEMORY if os.access(_SHARED_MEMORY, os.W_OK) else None)


def _written(content: bytes, name: str = "input") -> Path:
    path = Path(_FOLDER.name) / name
    path.write_bytes(content)
    return path


def idx(data: bytes) -> None:
    """An IDX file, plain or compressed as it comes."""
    read_idx(_written(data))


def idx_gzip(data: bytes) -> None:
    """An IDX file within an intact gzip member."""
    read_idx(_written(gzip.compress(data, 1, mtime=0)))


def idx_folder(data: bytes) -> None:
    """Four IDX files and EMNIST's mapping, cut from the bytes at marks."""
    parts = [*data.split(b"|MARK|"), *[b""] * 5][:5]
    names = ("train-images-idx3", "train-labels-idx1", "test-images-idx3", "test-labels-idx1")
    for name, part in zip(names, parts, strict=False):
        _written(part, f"emnist-x-{name}-ubyte")
    _written(parts[4], "emnist-x-mapping.txt")
    read_idx_folder(_FOLDER.name)


def gzip_text(data: bytes) -> None:
    """A gzip file of unknown size."""
    with reading(_written(data)) as file:
        read_whole(file, "input", max_bytes=2**24)


def npy(data: bytes) -> None:
    """An NPY file as features."""
    read_npy_rows(_written(data))


def npy_pair(data: bytes) -> None:
    """Two NPY files, features and labels, cut at a mark."""
    features, _, labels = data.partition(b"|MARK|")
    read_npy(_written(features, "x"), _written(labels, "y"))


def npz(data: bytes) -> None:
    """A ZIP archive as it comes."""
    read_npz(_written(data))


def npz_rows(data: bytes) -> None:
    """A ZIP archive with rows to predict."""
    read_npz_rows(_written(data), ("1", "2"))


def npz_members(data: bytes) -> None:
    """An intact ZIP archive of members whose names, kinds and content are cut from the bytes at marks."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for part in data.split(b"|MARK|")[:8]:
            name, _, content = part.partition(b"|")
            member = zipfile.ZipInfo(name.decode("latin-1") or "x.npy")
            kind = zipfile.ZIP_DEFLATED if len(content) % 2 else zipfile.ZIP_STORED
            archive.writestr(member, content, kind)
    path = _written(buffer.getvalue())
    try:
        read_npz(path)
    except MlpstudyError:
        read_npz_rows(path, ("1", "2"))


def libsvm(data: bytes) -> None:
    """Libsvm text."""
    read_libsvm(_written(data))


def libsvm_rows(data: bytes) -> None:
    """Libsvm text for a study whose training file had three features and the classes a, b."""
    like = Labelled(csr_array((0, 3), dtype=np.float32), np.zeros(0, np.int32), ("a", "b"), None, "", first_column=1)
    path = _written(data)
    read_libsvm_rows(path, like)
    read_libsvm(path, like=like)


def parquet_claims(data: bytes) -> None:
    """The headers of a Parquet file."""
    check_parquet(_written(data))


def parquet(data: bytes) -> None:
    """A Parquet file as a table."""
    read_table(_written(data, "input.parquet"))


def csv(data: bytes) -> None:
    """A CSV file as a table."""
    read_table(_written(data, "input.csv"))


def excel(data: bytes) -> None:
    """A workbook as it comes."""
    read_table(_written(data, "input.xlsx"))


def excel_members(data: bytes) -> None:
    """An intact workbook whose list of sheets, texts, formats and cells are cut from the bytes at marks."""
    names = ("xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml")
    parts = members({"a": sheet([])})
    read_table(_written(packed({**parts, **dict(zip(names, data.split(b"|MARK|"), strict=False))}), "input.xlsx"))


def arff(data: bytes) -> None:
    """An ARFF file."""
    read_table(_written(data, "input.arff"))


def table_described(data: bytes) -> None:
    """A text table, its dialect found out, as ``data show`` looks at it: what its cells are, its classes."""
    describe_data(_written(data, "input.csv"))


def table_predicted(data: bytes) -> None:
    """A text table that is learned from, one that is tested on and one to predict, cut from the bytes at marks."""
    parts = [*data.split(b"|MARK|"), *[b""] * 3][:3]
    train, test, new = (_written(part, f"{name}.csv") for name, part in zip(("a", "b", "c"), parts, strict=True))
    target = describe_data(train).target
    dataset = load(Data(path=str(train), target=target, test=str(test)), study_seed=0)
    Reader(preprocessing_from_json(dataset.preprocessing or {}), dataset.class_names).read([new])


def image(data: bytes) -> None:
    """A picture of any format: its size once it is upright, then its pixels."""
    path = _written(data)
    with quiet():
        upright_size(path)
    read_grey(path)


def image_folder(data: bytes) -> None:
    """A folder of images: the bytes are names of files with a break between, each of which is one small picture."""
    with tempfile.TemporaryDirectory(dir=_FOLDER.name) as folder:
        for line in data.decode("utf-8", "replace").splitlines()[:40]:
            parts = [part[:40] for part in line.replace("\0", "").split("/")[:6] if part not in {"", ".", ".."}]
            path = Path(folder, *parts)
            with suppress(OSError):  # a name that is a file and a folder, or longer than a file's may be
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(b"P5 2 3 255\n123456")
        read_image_folder(folder)


def png(data: bytes) -> None:
    """A PNG file of the chunks in the bytes, with right checksums."""
    content, position = b"\x89PNG\r\n\x1a\n", 0
    while position + 8 <= len(data):
        (length,) = struct.unpack_from(">I", data, position)
        body = data[position + 4 : position + 8 + min(length, len(data))]
        content += data[position : position + 4] + body + struct.pack(">I", zlib.crc32(body))
        position += 12 + length
    read_grey(_written(content))


def study(data: bytes) -> None:
    """A study file: TOML."""
    load_study(_written(data, "study.toml"))


def preprocessing(data: bytes) -> None:
    """What was learned from data, as JSON from a store."""
    value = _json(data)
    if isinstance(value, dict):
        preprocessing_from_json(value)


def _json(data: bytes) -> Any:  # JSON
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def store(data: bytes) -> None:
    """A study's database."""
    _written(data, "study.db")
    with Store.open(_FOLDER.name) as opened:
        opened.study()
        opened.test_labels()
        _ = opened.class_names, opened.image_shape, opened.n_examples, opened.validation_source
        for record in opened.runs():
            opened.epochs(record.run_id)
            opened.diagnostics(record.run_id)
            if record.status == "finished":
                opened.outcome(record.run_id)
        opened.baselines()
        opened.preprocessing()


def weights(data: bytes) -> None:
    """A run's weights: safetensors."""
    decode_weights(data, "final")


def checkpoint(data: bytes) -> None:
    """A run's checkpoint, its hash set right where it has one: what lies behind it must be safe too."""
    checkpoints.decode(_stamped(data), "the checkpoint")


def _stamped(data: bytes) -> bytes:
    end = 8 + int.from_bytes(data[:8], "little")
    found = re.search(rb'sha256\\*":\\*"([0-9a-f]{64})', data[8:end])
    if found is None:
        return data
    header = data[8:end]
    blank = header.replace(found[1], b"0" * 64, 1)
    digest = hashlib.sha256(data[:8] + blank + data[end:]).hexdigest().encode()
    return data[:8] + header.replace(found[1], digest, 1) + data[end:]


def claims(data: bytes) -> None:
    """The claims of a study: JSON."""
    read_claims(data.decode("utf-8", "replace"))


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (
        arff,
        checkpoint,
        claims,
        csv,
        excel,
        excel_members,
        gzip_text,
        idx,
        idx_folder,
        idx_gzip,
        image,
        image_folder,
        libsvm,
        libsvm_rows,
        npy,
        npy_pair,
        npz,
        npz_members,
        npz_rows,
        parquet,
        parquet_claims,
        png,
        preprocessing,
        store,
        study,
        table_described,
        table_predicted,
        weights,
    )
}


def check(name: str, data: bytes) -> bool:
    """Run a target; return whether it read the bytes (True) or refused them in one line (False).

    Raises:
        Exception: whatever else the target raised: a fault.
    """
    try:
        TARGETS[name](data)
    except MlpstudyError as error:
        message = str(error)
        if not message.isprintable() or len(message) > MAX_MESSAGE:
            fault = f"a refusal must be one printable line, got {message[:500]!r}"
            raise AssertionError(fault) from error
        return False
    return True

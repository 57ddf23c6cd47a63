"""Writes the seeds of the corpus: small inputs of every format, right and nearly right.

    PYTHONPATH=tests python -m fuzz.make_corpus

What fuzzing finds is added by hand, under names that start with ``found-``.
"""

from __future__ import annotations

import gzip
import io
import json
import shutil
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from PIL import Image
from safetensors.numpy import save

from datasets.workbooks import DATE, members, packed, sheet, workbook
from fuzz.dialects import dialects, with_new_rows
from mlpstudy.datasets.preprocessing.numbers import NumbersPreprocessing
from mlpstudy.datasets.preprocessing.pixels import PixelsPreprocessing
from mlpstudy.datasets.preprocessing.sparse import SparsePreprocessing
from mlpstudy.datasets.preprocessing.stored import Preprocessing
from mlpstudy.datasets.tables.columns import CategoryColumn, NumberColumn, TablePreprocessing
from mlpstudy.evidence.claims import CLAIMS_VERSION, Claim, Claims, claims_text
from mlpstudy.records import Checkpoint, EpochRecord, LayerDiagnostics, TrainerState
from mlpstudy.store.checkpoints import encode
from mlpstudy.study import Judging

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
GOLDEN = HERE.parent / "store" / "golden"
MARK = b"|MARK|"


def npy(array: np.ndarray[Any, Any]) -> bytes:
    """Return an array as NumPy saves it."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def idx(array: np.ndarray[Any, Any]) -> bytes:
    """Return an array as an IDX file."""
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


def npz(**arrays: np.ndarray[Any, Any]) -> bytes:
    """Return arrays as an NPZ file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for i, (name, array) in enumerate(arrays.items()):
            archive.writestr(
                zipfile.ZipInfo(f"{name}.npy"), npy(array), (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)[i % 2]
            )
    return buffer.getvalue()


def parquet(table: pl.DataFrame, **options: Any) -> bytes:
    """Return a table as a Parquet file."""
    buffer = io.BytesIO()
    table.write_parquet(buffer, **options)
    return buffer.getvalue()


def picture(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Return a picture as a file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def orientation(number: int) -> bytes:
    """Return EXIF data that say how a picture is to be turned."""
    exif = Image.Exif()
    exif[0x0112] = number
    return exif.tobytes()


X = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
Y = np.array([1, 2], dtype=np.uint8)
COLOURS = np.arange(2 * 5 * 6 * 3, dtype=np.uint8).reshape(2, 5, 6, 3)
TABLE = pl.DataFrame({"a": [0.5, None, 2.5], "b": ["x", "y", "x"], "c": [True, False, True], "d": [1, 2, 3]})
ARFF = b"""% by hand
@RELATION loans
@attribute age numeric
@attribute 'job kind' {clerk,'self employed',"it\\'s"}
@attribute day date "yyyy-MM-dd"
@attribute risk {low, high}
@data
21,clerk,"2024-01-31",low
?,'it\\'s',?,high
% between
40 , 'self employed' , 2024-02-01 , low, {2}
"""
SPARSE_ARFF = (
    b"@relation s\n@attribute a real\n@attribute b {x, y}\n@attribute c string\n@data\n{0 1.5, 1 y}\n{}\n{2 'p q'}\n"
)
CSV = TABLE.write_csv()


def arrays() -> dict[str, dict[str, bytes]]:
    """Return seeds of IDX, NPY, NPZ."""
    folder = MARK.join([idx(X), idx(Y), idx(X), idx(Y), b"1 65 97\n2 66\n"])
    texts = np.array(["cat", "dog"])
    members = MARK.join([b"x.npy|" + npy(X), b"y.npy|" + npy(Y)])
    return {
        "idx": {
            "images": idx(X),
            "labels": idx(Y),
            "images.gz": gzip.compress(idx(X), mtime=0),
            "floats": b"\0\0\x0d\1",
        },
        "idx_gzip": {"images": idx(X), "labels": idx(Y), "gzip": gzip.compress(idx(Y), mtime=0)},
        "idx_folder": {"emnist": folder, "no-mapping": folder.rpartition(MARK)[0]},
        "gzip_text": {
            "text": gzip.compress(b"1 1:2\n", mtime=0),
            "plain": b"1 1:2\n",
            "zeros": gzip.compress(bytes(9999), mtime=0),
        },
        "npy": {
            "bytes": npy(X),
            "floats": npy(X.astype(">f8")),
            "fortran": npy(np.asfortranarray(X.astype("<f4"))),
            "nan": npy(np.array([[np.nan]])),
            "bools": npy(X > 2),
            "text": npy(texts),
            "halves": npy(X.astype("<f2")),
            "colours-first": npy(np.moveaxis(COLOURS, 3, 1)),
            "transparent": npy(np.stack([X, X, X, X * 20], axis=3)),
        },
        "npy_pair": {
            "numbers": npy(X) + MARK + npy(Y),
            "text": npy(X) + MARK + npy(texts),
            "bytes": npy(X) + MARK + npy(texts.astype("S")),
            "floats": npy(X / 3) + MARK + npy(Y / 2),
            "column": npy(X) + MARK + npy(Y[:, None].astype("<i8")),
            "one-hot": npy(COLOURS / 255) + MARK + npy(np.eye(2, dtype="<u1")),
            "spaces": npy(X) + MARK + npy(np.array([" cafe\u0301", "tea"])),
        },
        "npz": {
            "xy": npz(x=X, y=Y),
            "keras": npz(x_train=X, y_train=Y, x_test=X, y_test=Y),
            "medmnist": npz(
                train_images=X, val_images=X, train_labels=Y[:, None], val_labels=Y[:, None], test_images=X
            ),
            "no-names": npz(arr_0=Y, arr_1=COLOURS),
            "one-hot": npz(data=COLOURS, target=np.eye(2)),
        },
        "npz_rows": {"alone": npz(images=COLOURS), "labelled": npz(x_test=X, y_test=Y, more=Y)},
        "npz_members": {"xy": members, "twice": members + MARK + b"../z.npy|" + npy(Y)},
    }


def tables() -> dict[str, dict[str, bytes]]:
    """Return seeds of libsvm, CSV and Parquet."""
    text = b"+1 1:0.5 3:-2e-3 # comment\n-1 2:1\n\n1\n"
    small, nested = parquet(TABLE, statistics=False), parquet(pl.DataFrame({"a": [[1], [2, 3]]}))
    packed = {kind: parquet(TABLE, compression=kind) for kind in ("snappy", "gzip", "uncompressed")}
    return {
        "libsvm_rows": {"wider": b"a 1:2 3:4 9:1\nb 8:1", "narrower": b"b 2:1\na\n", "as-wide": b"a 1:1 2:1 3:1\n"},
        "libsvm": {"signs": text, "from-0": b"a 0:1 5:.5\nb 2:1e3", "gzip": gzip.compress(text, mtime=0)},
        "csv": {
            "commas": CSV.encode(),
            "tabs": CSV.replace(",", "\t").encode(),
            "semicolons": CSV.replace(",", ";").encode(),
            "quotes": b'a,"b, c"\n1,"x ""y"""\n2,z\n',
            "quoted-breaks": b'a,"b ""c"""\n1,"x\ny"\n2,z\n',
            "ragged": b"a,b\n1,2\n3\n4,5,6\n",
            "bom": b"\xef\xbb\xbfa,b\r\n1,2\r\n",
            "utf-16": "a,b\n1,2\n".encode("utf-16"),
        },
        "parquet_claims": {"table": small, "nested": nested, **packed},
        "parquet": {"table": small, "nested": nested, **packed},
        "arff": {"small": ARFF, "sparse": SPARSE_ARFF, "undeclared": ARFF.replace(b"high\n", b"higher\n")},
        **workbooks(),
        "table_described": dialects(),
        "table_predicted": with_new_rows(MARK),
    }


def workbooks() -> dict[str, dict[str, bytes]]:
    """Return seeds of workbooks."""
    rows: list[list[object]] = [["a", "b", "day"], [0.5, "x", (45322, DATE)], [None, "#N/A", True], [2, "y", (1.5, 2)]]
    parts = members({"a": sheet(rows)}, ["x", "y"])
    shared = sheet([["a", "b"], ['<c t="s"><v>0</v></c>', '<c t="s"><v>1</v></c>']])
    names = ("xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml")
    return {
        "excel": {
            "small": workbook(*rows),
            "sheets": packed(members({"empty": sheet([]), "a": sheet(rows), "b": sheet(rows)}, hidden=["b"])),
            "password": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99),
            "cut": workbook(*rows)[:-30],
        },
        "excel_members": {
            "small": MARK.join(part.encode() for part in (*(parts[name] for name in names), sheet(rows))),
            "shared": MARK.join(part.encode() for part in (*(parts[name] for name in names), shared)),
        },
    }


def pictures() -> dict[str, dict[str, bytes]]:
    """Return seeds of pictures."""
    grey = Image.fromarray(np.arange(48, dtype=np.uint8).reshape(6, 8))
    modes = {
        "grey": grey,
        "colour": grey.convert("RGB"),
        "transparent": grey.convert("RGBA"),
        "palette": grey.convert("P"),
        "one-bit": grey.convert("1"),
        "sixteen-bit": Image.fromarray(np.arange(48, dtype=np.uint16).reshape(6, 8)),
    }
    files = {f"{name}.png": picture(image, "PNG") for name, image in modes.items()}
    kinds = {kind: picture(modes["colour"], kind) for kind in ("JPEG", "BMP", "GIF", "PPM", "TIFF", "WEBP")}
    turned = {"turned.jpeg": picture(grey, "JPEG", exif=orientation(6))}
    turned |= {f"turned-{n}.tiff": picture(grey, "TIFF", exif=orientation(n)) for n in (3, 5, 8)}
    turned |= {f"turned-{n}.png": picture(grey, "PNG", exif=orientation(n)) for n in (2, 7)}
    several = {"save_all": True, "append_images": [grey.transpose(Image.Transpose.ROTATE_180)]}
    turned |= {f"several.{kind.lower()}": picture(grey, kind, **several) for kind in ("GIF", "PNG", "TIFF", "WEBP")}
    folders = {
        "classes": "cat/1.png cat/.DS_Store dog/2.png dog/deep/3.png README __MACOSX/cat/._1.png",
        "splits": "Train/cat/1.png Train/dog/1.png valid/cat/1.png testing/dog/1.png docs/a.png docs/b.txt",
        "wrapped": "data/seg_train/seg_train/a/1.png data/seg_train/seg_train/b/1.png data/seg_test/seg_test/a/1.png",
        "spellings": "train/Ka\u0308se/1.png train/01/1.png train/1/1.png test/K\u00e4se/1.png",
        "flat": "1.png 2.png",
        "no-training": "test/cat/1.png val/cat/1.png",
        "splits-in-classes": "cat/train/1.png cat/test/1.png dog/train/1.png",
    }
    return {
        "image_folder": {name: text.replace(" ", "\n").encode() for name, text in folders.items()},
        "image": {**files, **kinds, **turned},
        "png": {name: content[8:] for name, content in files.items()},
    }


def studies() -> dict[str, dict[str, bytes]]:
    """Return seeds of study files and of what a study's folder holds."""
    builtin = HERE.parent.parent / "src" / "mlpstudy" / "study" / "builtin"
    small = b'name = "a"\ndata = "mnist"\n[training]\nepochs = 1\n[factors.hidden.8]\nhidden = [8]\n'
    kernel = {"initial/output.kernel": np.ones((2, 3), np.float32), "final/output.kernel": np.zeros((2, 3), np.float32)}
    note = json.dumps({"run_id": "0123456789abcdef", "order": list(kernel)})
    return {
        "study": {"small": small, "notebook": (builtin / "notebook.toml").read_bytes(), "nested": b"a = " + b"[" * 200},
        "weights": {"small": bytes(save(kernel, metadata={"mlpstudy": note}))},
        "preprocessing": {
            **{name: json.dumps(value.to_json()).encode() for name, value in _learned().items()},
            "nested": b'{"kind":' + b"[" * 200,
        },
        "store": {path.parent.name: path.read_bytes() for path in sorted(GOLDEN.glob("*/study.db"))},
        "checkpoint": {"small": _checkpoint()},
        "claims": {"small": claims_text(_claims()).encode()},
    }


def _learned() -> dict[str, Preprocessing]:
    """Return a preprocessing of every kind."""
    columns = (
        NumberColumn(name="a", meaning="number", shift=0.5, scale=2.0, fill=0.5, indicator=True),
        CategoryColumn(name="b", levels=("x", "y"), missing=False, other=True),
    )
    return {
        "pixels": PixelsPreprocessing(n_features=4, shape=(2, 2)),
        "numbers": NumbersPreprocessing(scaling="standardise", shift=(0.5, 1.5), scale=(1.0, 2.0)),
        "sparse": SparsePreprocessing(scaling="0-1", largest=(1.0, 2.0), first_column=1),
        "table": TablePreprocessing(target="c", scaling="standardise", columns=columns),
    }


def _claims() -> Claims:
    """Return the claims of a study of two architectures."""
    return Claims(
        version=CLAIMS_VERSION,
        study="0" * 64,
        data_sha256="1" * 64,
        versions={"mlpstudy": "0", "python": "3.11"},
        judging=Judging(),
        n_planned=2,
        seeds={"a": (0, 1), "b": (0, 1)},
        diverged={"a": (), "b": ()},
        provisional=False,
        claims=(Claim("accuracy", "a", "b", "BETTER", "b", -0.1, -0.2, -0.05, 0.01, 2),),
    )


def _checkpoint() -> bytes:
    """Return a checkpoint as the store writes it."""
    return bytes(
        encode(
            Checkpoint(
                run_id="0123456789abcdef",
                maker="0",
                started_at="2026-01-01T00:00:00Z",
                wall_s=1.0,
                epochs=(EpochRecord(1, 2.0, 0.5, 2.0, 0.5, 1.0, 0.1),),
                diagnostics=(LayerDiagnostics(1, "hidden_1", 1.0, 1.0, 0.1, 0.0, 0.5, 0.5),),
                state=TrainerState(3, {"output.kernel": np.ones((2, 3), np.float32)}),
            )
        )
    )


def main() -> None:
    """Write all seeds anew; leave what fuzzing found."""
    for target, seeds in {**arrays(), **tables(), **pictures(), **studies()}.items():
        folder = CORPUS / target
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            if not path.name.startswith("found-"):
                path.unlink()
        for name, content in seeds.items():
            (folder / name).write_bytes(content)
    shutil.rmtree(CORPUS / "__pycache__", ignore_errors=True)


if __name__ == "__main__":
    main()

"""What a data set's hash was in the first version it still is: run ids are made from it.

Numbers are scaled to 0-1, which is exact on every machine. The choice of the examples is NumPy's; where a new version
of it chooses others, these hashes must change, and so must those of every study.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from scipy.sparse import csr_array

from datasets.writing import npy, write
from mlpstudy.datasets import Given, load
from mlpstudy.study import Data

X = np.arange(120, dtype=np.float64).reshape(30, 4) % 7
Y = np.arange(30) % 3
IMAGES = (np.arange(30 * 12) * 5 % 256).astype(np.uint8).reshape(30, 4, 3)
FRAME = pl.DataFrame({"a": X[:, 0], "y": ["u", "v", "w"] * 10})


def _table(n: int) -> str:
    rows = (f"{i % 5},{'uvw'[i % 3]},2024-01-{i % 28 + 1:02d},{'yes' if i % 4 == 0 else 'no'}\n" for i in range(n))
    return "a,b,c,y\n" + "".join(rows)


def _idx(folder: Path, name: str, values: npt.NDArray[Any]) -> str:
    head = bytes([0, 0, 8, values.ndim]) + np.array(values.shape, ">i4").tobytes()
    return str(write(folder, head + values.astype(np.uint8).tobytes(), name))


def _pictures(folder: Path, n: int) -> None:
    for i in range(n):
        (folder / "cd"[i % 2]).mkdir(parents=True, exist_ok=True)
        write(folder / "cd"[i % 2], b"P5 3 4 255\n" + IMAGES[i].tobytes(), f"{i}.pgm")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data in every format."""
    made = tmp_path_factory.mktemp("data")
    for name, n in (("t.csv", 60), ("t2.csv", 24), ("t3.csv", 12)):
        write(made, _table(n), name)
    for name, values in (("x", X), ("y", Y), ("tx", X[:5]), ("ty", Y[:5])):
        npy(made, f"{name}.npy", values)
    np.savez(made / "d.npz", x=X, y=Y)
    np.savez(made / "e.npz", x_train=X, y_train=Y, x_test=X[:6] + 1, y_test=Y[:6])
    _idx(made, "i.idx", IMAGES)
    _idx(made, "l.idx", Y)
    (made / "m").mkdir()
    for split, n in (("train", 30), ("t10k", 9)):
        _idx(made / "m", f"{split}-images-idx3-ubyte", IMAGES[:n])
        _idx(made / "m", f"{split}-labels-idx1-ubyte", Y[:n])
    write(made, "\n".join(f"{i % 2} 1:{i + 1} {i % 3 + 2}:0.5" for i in range(20)), "s.libsvm")
    write(made, "0 1:3\n1 2:0.25\n", "s2.libsvm")
    for name, n in (("p", 24), ("q/train", 24), ("q/test", 8)):
        _pictures(made / name, n)
    return made


SCALED = {"numeric": "0-1"}
PAIR, TEST = ("x.npy", "y.npy"), ("tx.npy", "ty.npy")
OF_FILES: dict[str, tuple[dict[str, Any], str]] = {
    "table": (
        {"path": "t.csv", "target": "y", **SCALED},
        "ad674c75c282925b0f59b96cdbd4dd4f3c2ffa408a02f52e735759ee28e6a203",
    ),
    "tables": (
        {"path": "t.csv", "target": "y", "test": "t2.csv", "validation": "t3.csv", **SCALED},
        "8cf933a8cfced14fe8f2c43e66ab7d87a0bcbbd803323bc6a1bc3df4612ef608",
    ),
    "groups": (
        {"path": "t.csv", "target": "y", "group": "b", **SCALED},
        "544878ae6e6dbb1556f40c8e6e280288fdc7c65a07233759cba9b1d9388c491c",
    ),
    "times": (
        {"path": "t.csv", "target": "y", "time": "c", **SCALED},
        "0fee29e3d32ea2299f6bed67709f323c30cee3740af93897c811f5b8da87bb5f",
    ),
    "npy": ({"path": PAIR, **SCALED}, "d945dcf166453820823d0e5eab193126ffeb8fe943e8903658fdf4e0c809325c"),
    "npy with others": (
        {"path": PAIR, "test": TEST, "validation": TEST, **SCALED},
        "a933cd1fefaa56a402fc25439f9e73fef3741536973f8494b73154558dc1bbe5",
    ),
    "npz": ({"path": "d.npz", **SCALED}, "0c294ebd11e9a8cbc12c45f48a7838a9799f04cb15bc8d1b14a905fbec5833c0"),
    "npz with its own test": (
        {"path": "e.npz", **SCALED},
        "8bcd167d38ee0d4449313e87911b915b2d0c45cbcac7fdcfef81335996812e61",
    ),
    "idx": ({"path": ("i.idx", "l.idx")}, "54c20f9db0d2080ab870cbd8592ef0e3f7d45d0f09e6f0a33c7c331436f82c8a"),
    "idx folder": ({"path": "m/"}, "cc768cfde13ba7121470e35ca497366b738218c63bae64fbbac793b179c49302"),
    "libsvm": ({"path": "s.libsvm", **SCALED}, "ef6657b221996e83b1348a9248d524c90d7dfd81b5c5fbaffc010a76dd81baca"),
    "libsvm with others": (
        {"path": "s.libsvm", "test": "s2.libsvm", "validation": "s2.libsvm", **SCALED},
        "017d16a99d4ac8aacbcf165aef1181eea2fc7528e7055f226c93b4fcef5a2e99",
    ),
    "images": ({"path": "p/"}, "4d7c02110e92e6f844b68d255f474c246a371f4652e67035e038df2e9f6dd875"),
    "images, resized, with a test": (
        {"path": "p/", "image_size": 2, "test": "q/test"},
        "526bdc599e00dc8ed397fd9ec5cb2274bf23713370b459b1d3d633fecaf47bd5",
    ),
    "images, split": (
        {"path": "q/", "train_examples": 20},
        "38b713f0cdb3675b75659f58c42931bf120e95f3e7ff69b5bc23fd239d5e25b7",
    ),
}


@pytest.mark.parametrize(("keys", "sha256"), OF_FILES.values(), ids=OF_FILES)
def test_the_hash_of_files_is_what_it_was(keys: dict[str, Any], sha256: str, folder: Path) -> None:
    """In every format, alone and with test and validation examples of their own."""
    assert load(Data(**keys).in_folder(folder), 3).sha256 == sha256


OF_CODE: dict[str, tuple[object, str]] = {
    "arrays": ((X, Y), "b2292de5a77735f05639cf09fe2e63f99d730e10e6a959434bb460cf37f91f49"),
    "arrays with others": (
        {"train": (X, Y), "test": (X[:4], Y[:4]), "validation": (X[:4], Y[:4])},
        "84b917a7d985fad1097ec3bbb334186d40e7e2c93f46e227579b9b4999b0a50b",
    ),
    "images": ((IMAGES, Y), "2ecfd3875c928216b55c948c42751ab8e0b771faecc7c6b47977151c6ad7a65a"),
    "sparse": ((csr_array(X), Y.astype(str)), "1522b96741576e35c20a52ab02a0c2e8c76d25ca193879eed7a61a3c32b2825d"),
    "frame": (FRAME, "7ae1577288deb3f1145f9bcaeaedf5bab9520f622bd3f02739135b89d8c362d9"),
    "frames": (
        {"train": FRAME, "test": FRAME.head(6)},
        "46240a2f4e84c761692a5edc188dc44ccc6297673458ee3d44672c3a41d24717",
    ),
}


@pytest.mark.parametrize(("given", "sha256"), OF_CODE.values(), ids=OF_CODE)
def test_the_hash_of_what_python_gives_is_what_it_was(given: object, sha256: str) -> None:
    """Arrays, images, sparse rows and frames."""
    keys: dict[str, Any] = {} if given is OF_CODE["images"][0] else dict(SCALED)
    first = given["train"] if isinstance(given, dict) else given
    if isinstance(first, pl.DataFrame):
        keys["target"] = "y"
    assert load(Data(name="given", **keys), 3, Given.of(given)).sha256 == sha256


@pytest.mark.parametrize(
    ("name", "sha256"),
    [
        ("mnist", "f95289403047aa3293cca1c4d25c5dd6409a6163cb596a5840442932ab8cecb6"),
        ("digits", "a8a5d14434121ddc67ff5fc3c18c2ef31a637fa8787dc50102bee10118705bd1"),
    ],
)
def test_the_hash_of_a_named_set_is_what_it_was(name: str, sha256: str) -> None:
    """One that ships with the package, and one that comes with scikit-learn."""
    assert load(Data(name=name, numeric=None if name == "mnist" else "0-1"), 3).sha256 == sha256

"""Data sets that are downloaded once: into a cache folder, each file of a size and hash that are known beforehand."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from mlpstudy.datasets.named.source import DatasetInfo, FileCheck, RawExamples, Source
from mlpstudy.datasets.opening.files import path_text, reading
from mlpstudy.datasets.raw import Labelled
from mlpstudy.datasets.readers.idx_folder import read_idx_folder
from mlpstudy.errors import DataError, must
from mlpstudy.study.base import content_hash

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pooch  # type: ignore[import-untyped]  # has no types

CACHE = "MLPSTUDY_CACHE"
"""Environment variable that names another cache folder."""

TIMEOUT_S = (10, 30)
"""To connect, and between two pieces."""

_PIECE = 2**16


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file as its authors publish it.

    Attributes:
        name: in the folder of the set.
        n_bytes: its size.
        sha256: of its bytes, as they are downloaded.
    """

    name: str
    n_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class RemoteSet:
    """A set of the four IDX files that can be downloaded.

    Attributes:
        info: what it is.
        url: of the folder, with a slash at its end.
        files: the four files.
    """

    info: DatasetInfo
    url: str
    files: tuple[RemoteFile, ...]

    def load(self) -> Source:
        """Return the set, downloaded if it is not in the cache yet; every file is compared with its SHA-256.

        Raises:
            DataError: it is not in the cache and cannot be downloaded, or a file is not the original.
        """
        examples = read_idx_folder(fetch(self))
        test = examples.test
        if test is None or len(examples.class_names) != len(self.info.class_names):
            found = f"{len(examples.class_names)} classes"
            be = f"have {len(self.info.class_names)} classes and test examples"
            raise DataError(must(f"the data set {self.info.name}", be, found))
        sha256 = content_hash({file.name: file.sha256 for file in self.files})
        return Source(self.info, _raw(examples), _raw(test), sha256)

    def check(self) -> tuple[FileCheck, ...]:
        """Return what checking each file in the cache finds; nothing is downloaded."""
        folder = cache_folder() / self.info.name
        return tuple(_check(folder / file.name, file) for file in self.files)


def cache_folder() -> Path:
    """Return the folder that downloads are kept in: ``MLPSTUDY_CACHE``, else the user's cache folder."""
    import pooch  # noqa: PLC0415  # takes 0.1 s, and MNIST needs none of it

    return Path(os.environ.get(CACHE) or pooch.os_cache("mlpstudy"))


def fetch(remote: RemoteSet) -> Path:
    """Return the folder with the files of a set, after downloading what is not there or not the original.

    Raises:
        DataError: a file cannot be downloaded, has another hash, or is larger than it may be.
    """
    import pooch  # noqa: PLC0415  # as above
    import requests  # noqa: PLC0415  # as above

    folder = cache_folder() / remote.info.name
    registry = {file.name: f"sha256:{file.sha256}" for file in remote.files}
    store = pooch.create(path=folder, base_url=remote.url, registry=registry)
    what = f"the data set {remote.info.name}"
    fix = f"connect once, or put the {len(remote.files)} files of {remote.url} into {folder}"
    for file in remote.files:
        try:
            store.fetch(file.name, downloader=_downloader(file))
        except requests.RequestException as error:
            raise DataError(
                must(what, "be downloaded once", f"no answer from {remote.url}{_why(error)}", fix)
            ) from error
        except ValueError as error:
            be = f"be the original with SHA-256 {file.sha256[:16]}..."
            raise DataError(must(f"{remote.url}{file.name}", be, "a file with another one", fix)) from error
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise DataError(must(what, f"be kept in {folder}", reason, f"set {CACHE} to another folder")) from error
    return folder


def _downloader(file: RemoteFile) -> Callable[[str, Any, pooch.Pooch], None]:
    """Return a function that downloads a file, and not a byte more than it has."""

    def download(url: str, output: Any, _: pooch.Pooch) -> None:  # noqa: ANN401  # pooch gives a path or a file
        import requests  # noqa: PLC0415  # as above

        n_bytes = 0
        with requests.get(url, stream=True, timeout=TIMEOUT_S) as answer, Path(output).open("wb") as target:
            answer.raise_for_status()
            for piece in answer.iter_content(_PIECE):
                n_bytes += len(piece)
                if n_bytes > file.n_bytes:
                    raise DataError(must(url, f"have {file.n_bytes} bytes", "more of them", "another network"))
                target.write(piece)

    return download


def _why(error: Exception) -> str:
    answer = getattr(error, "response", None)
    return "" if answer is None else f" (status {answer.status_code})"


def _raw(examples: Labelled) -> RawExamples:
    return RawExamples(cast("npt.NDArray[np.uint8]", examples.values), examples.labels)  # IDX files hold nothing else


def _check(path: Path, file: RemoteFile) -> FileCheck:
    if not path.exists():
        missing = must(path_text(path), "be downloaded", "no such file", "a study with these data downloads it")
        return FileCheck(file.name, file.sha256, None, missing)
    try:
        with reading(path) as opened:
            digest = hashlib.sha256()
            while piece := opened.read(_PIECE):
                digest.update(piece)
    except DataError as error:
        return FileCheck(file.name, file.sha256, None, str(error))
    found = digest.hexdigest()
    problem = None if found == file.sha256 else must(file.name, f"have the SHA-256 {file.sha256}", found)
    return FileCheck(file.name, file.sha256, found, problem)

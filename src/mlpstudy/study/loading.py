"""Study files: TOML in, a frozen Study out."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

from mlpstudy.errors import StudyError, must, nearest
from mlpstudy.study.float32 import check_float32
from mlpstudy.study.study import Study
from mlpstudy.text.escaping import shell

MAX_FILE_BYTES = 1_000_000
"""A larger study file is taken for a mistake (a data file, say) before it is read."""

DATA_ENDINGS = (
    *(".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".arff", ".parquet", ".pq"),
    *(".npy", ".npz", ".idx", ".libsvm", ".svmlight", ".svm"),
)
"""Of files that are given for a study by those who have none yet: the endings of the readers' menu, which a study may
not import."""

MAX_DOTS = 50
"""Most dots in a line of a study file; a key's parts are on one line."""


def builtin_names() -> tuple[str, ...]:
    """Return the names of the built-in studies.

    >>> "notebook" in builtin_names()
    True
    """
    folder = resources.files("mlpstudy.study") / "builtin"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


def load_study(source: str | Path) -> Study:
    """Load a study: a TOML file, or the name of a built-in one.

    Paths of data in a file are relative to the file's folder.

    Raises:
        StudyError: there is no such study, or something in it is wrong (one line, with the path).

    >>> len(load_study("notebook").architectures)
    9
    """
    if not isinstance(source, str | os.PathLike):
        raise StudyError(must("study", "be a Study, a path or the name of a built-in study", type(source).__name__))
    if str(source) in builtin_names():
        text = (resources.files("mlpstudy.study") / "builtin" / f"{source}.toml").read_text(encoding="utf-8")
        return parse_study(text, f'built-in study "{source}"')
    path = Path(source)
    return parse_study(_read(path), str(source)).in_folder(path.parent)


def parse_study(text: str, origin: str = "the study file") -> Study:
    """Make a study from TOML text.

    Raises:
        StudyError: the text is not TOML, or not a study.
    """
    _check_dots(text, origin)
    try:
        fields = tomllib.loads(text)
    except ValueError as error:  # TOML's own error is one, and so is that of a number of a million digits
        raise StudyError(must(origin, "be TOML", str(error), "see docs/study-file.md")) from error
    except RecursionError as error:
        raise StudyError(must(origin, "be TOML", "too many levels within each other")) from error
    try:
        study = Study(**fields)
        check_float32(study)
    except StudyError as error:
        message = f"{origin}: {error}"
        raise StudyError(message) from error
    return study


def parse_keys(lines: Iterable[str]) -> dict[str, object]:
    """Return keys and values of a table of a study file, given a line each.

    Raises:
        StudyError: a line is not TOML.

    >>> parse_keys(["header = false", 'missing = ["-999"]'])
    {'header': False, 'missing': ['-999']}
    """
    found: dict[str, object] = {}
    for line in lines:
        _check_dots(line, "the key")
        try:
            found |= tomllib.loads(line)
        except (ValueError, RecursionError) as error:
            be, fix = "be a line of a study file's [data]", "such as 'header = false' or 'decimal = \",\"'"
            raise StudyError(must(f"--with {shell(line)}", be, str(error), fix)) from error
    return found


def _check_dots(text: str, origin: str) -> None:
    """Refuse keys of very many parts: for ``a.a.a`` the parser's memory grows with the square; 200 KB take 40 GB."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > MAX_DOTS:
            be = f"have at most {MAX_DOTS} dots in a line"
            raise StudyError(must(f"{origin}, line {number}", be, line.count("."), "break the line"))


def _read(path: Path) -> str:
    """Read a study file, with one clear line for each way in which it can fail."""
    what = f"study {path}"
    try:
        with path.open("rb") as file:  # not by the size that the system tells: a device has none, and no end either
            content = file.read(MAX_FILE_BYTES + 1)
        if path.suffix.lower() in DATA_ENDINGS:
            fix = f"mlpstudy init {shell(path)}, which writes one for these data"
            raise StudyError(must(what, "be a TOML file", f"a file of data, {path.suffix}", fix))
        if len(content) > MAX_FILE_BYTES:
            raise StudyError(must(what, f"be a TOML file of at most {MAX_FILE_BYTES} bytes", "a larger one"))
        return content.decode()
    except FileNotFoundError:
        near = nearest(str(path), builtin_names())
        fix = f'write "{near}"' if near else f"an existing path, or a built-in study: {', '.join(builtin_names())}"
        raise StudyError(must(what, "be a TOML file or a built-in study", "no such file", fix)) from None
    except IsADirectoryError:
        fix = f"mlpstudy init {shell(path)}, which writes one for a folder of images"
        raise StudyError(must(what, "be a TOML file", "a folder", fix)) from None
    except UnicodeDecodeError:
        raise StudyError(must(what, "be text in UTF-8", "other bytes", "see docs/study-file.md")) from None
    except OSError as error:
        raise StudyError(must(what, "be a readable file", error.strerror or str(error))) from None

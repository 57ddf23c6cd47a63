"""Study files: TOML in, a frozen Study out."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path

from mlpstudy.errors import StudyError, must, nearest
from mlpstudy.spec.study import Study

DEFAULT_STUDY = "notebook"
MAX_FILE_BYTES = 1_000_000
"""A larger study file is taken for a mistake (a data file, say) before it is read."""


def builtin_names() -> tuple[str, ...]:
    """Return the names of the built-in studies.

    >>> "notebook" in builtin_names()
    True
    """
    folder = resources.files("mlpstudy.spec") / "builtin"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


def load_study(source: str | Path) -> Study:
    """Load a study: a TOML file, or the name of a built-in one.

    Paths of data in a file are relative to the file's folder.

    Raises:
        StudyError: there is no such study, or something in it is wrong (one line, with the path).

    >>> len(load_study("notebook").architectures)
    9
    """
    if str(source) in builtin_names():
        text = (resources.files("mlpstudy.spec") / "builtin" / f"{source}.toml").read_text(encoding="utf-8")
        return parse_study(text, f'built-in study "{source}"')
    path = Path(source)
    return parse_study(_read(path), str(source)).in_folder(path.parent)


def parse_study(text: str, origin: str = "the study file") -> Study:
    """Make a study from TOML text.

    Raises:
        StudyError: the text is not TOML, or not a study.
    """
    try:
        fields = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StudyError(must(origin, "be TOML", str(error), "see docs/study-file.md")) from error
    try:
        return Study(**fields)
    except StudyError as error:
        message = f"{origin}: {error}"
        raise StudyError(message) from error


def _read(path: Path) -> str:
    """Read a study file, with one clear line for each way in which it can fail."""
    what = f"study {path}"
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise StudyError(must(what, f"be a TOML file of at most {MAX_FILE_BYTES} bytes", path.stat().st_size))
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        near = nearest(str(path), builtin_names())
        fix = f'write "{near}"' if near else f"an existing path, or a built-in study: {', '.join(builtin_names())}"
        raise StudyError(must(what, "be a TOML file or a built-in study", "no such file", fix)) from None
    except UnicodeDecodeError:
        raise StudyError(must(what, "be text in UTF-8", "other bytes", "see docs/study-file.md")) from None
    except OSError as error:
        raise StudyError(must(what, "be a readable file", error.strerror or str(error))) from None

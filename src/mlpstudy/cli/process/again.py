"""The command that goes on with a folder's study: the same study file, the same options, the same folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mlpstudy.errors import MlpstudyError
from mlpstudy.text.escaping import shell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlpstudy.results import StudyResults
    from mlpstudy.study import Study

MOST_FILES = 100
"""Study files of a folder that are tried."""


def command_of(results: StudyResults) -> str | None:
    """Return the command that goes on with a study, as it can be typed here; None where no file of it is found.

    The folder does not know the file that its study came from: it is looked for in the working directory and in the
    two folders above the study's, by the identity of what is in it and by the name of its data.
    """
    study, folder = results.study, results.folder
    source = next((found for name in _candidates(study, folder) if (found := _that_runs(name, study))), None)
    if source is None:
        return None
    typed, default = source
    options = "" if results.store.engine == "native" else f" --engine {shell(results.store.engine)}"
    if folder != default:
        options += f" --out {shell(folder)}"
    return f"mlpstudy run {typed}{options}"


def _candidates(study: Study, folder: Path) -> Iterator[str]:
    """Yield names of built-in studies and of files that may be the study's."""
    from mlpstudy.study import builtin_names

    if study.name in builtin_names():
        yield study.name
    # A folder given as "." or by a link has other folders above it than its name says.
    for place in dict.fromkeys((Path(), folder.parent, folder.parent.parent, *folder.resolve().parents[:2])):
        yield from (str(path) for path in sorted(place.glob("*.toml"))[:MOST_FILES])


def _that_runs(name: str, study: Study) -> tuple[str, Path] | None:
    """Return a study file, with the option that makes it the study, as typed, and the folder that it runs in.

    None where it is another study, or the same of another table: that is no part of a study's identity.
    """
    from mlpstudy.study import load_study

    wanted = study.identity()
    epochs = {architecture.training.epochs for architecture in study.architectures}
    try:
        loaded = load_study(name)
        if not _has_data_of(loaded, study):
            return None
        default = Path("runs") / loaded.name
        if loaded.identity() == wanted:
            return shell(Path(name)), default
        if len(epochs) == 1 and loaded.with_changes(epochs=min(epochs)).identity() == wanted:
            return f"{shell(Path(name))} --epochs {min(epochs)}", default
    except (MlpstudyError, OSError):
        pass  # another file, or one that is no study
    return None


def _has_data_of(loaded: Study, study: Study) -> bool:
    """Say whether a study file names the same data as the study, and has the files."""
    path = loaded.data.path
    return path == study.data.path and (path is None or all(file.exists() for file in loaded.data.files(path)))

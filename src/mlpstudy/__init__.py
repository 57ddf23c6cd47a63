"""Train a whole study of multilayer perceptrons fast, and learn which differences between them are real.

>>> import mlpstudy
>>> study = mlpstudy.load_study("notebook")
>>> len(study.architectures)
9
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlpstudy.api import open_study as open  # noqa: A004  # mlpstudy.open(DIR), like gzip.open
    from mlpstudy.api import run
    from mlpstudy.errors import DataError, EngineError, MlpstudyError, ResultsError, StoreError, StudyError
    from mlpstudy.results import StudyResults
    from mlpstudy.study import Study, load_study

_HOMES = {
    "DataError": "errors",
    "EngineError": "errors",
    "MlpstudyError": "errors",
    "ResultsError": "errors",
    "StoreError": "errors",
    "Study": "study",
    "StudyError": "errors",
    "StudyResults": "results",
    "load_study": "study",
    "open": "api",
    "run": "api",
}

__all__ = [
    "DataError",
    "EngineError",
    "MlpstudyError",
    "ResultsError",
    "StoreError",
    "Study",
    "StudyError",
    "StudyResults",
    "load_study",
    "open",
    "run",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: ``import mlpstudy`` alone stays fast."""
    if name not in _HOMES:
        message = f"module 'mlpstudy' has no attribute {name!r}"
        raise AttributeError(message)
    module = import_module(f"mlpstudy.{_HOMES[name]}")
    return getattr(module, "open_study" if name == "open" else name)


def __dir__() -> list[str]:
    """List the public names."""
    return __all__

"""Train a whole study of multilayer perceptrons fast, and learn which differences between them are real.

>>> import mlpstudy
>>> study = mlpstudy.load_study("notebook")
>>> len(study.architectures)
9
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.machine.lazy import offered

if TYPE_CHECKING:
    from mlpstudy.api import open_study as open  # noqa: A004  # mlpstudy.open(DIR), like gzip.open
    from mlpstudy.api import run
    from mlpstudy.errors import DataError, EngineError, MlpstudyError, ResultsError, StoreError, StudyError
    from mlpstudy.results import StudyResults
    from mlpstudy.study import Study, load_study
else:
    __getattr__, __dir__ = offered(
        "mlpstudy",
        {
            "DataError": "errors",
            "EngineError": "errors",
            "MlpstudyError": "errors",
            "ResultsError": "errors",
            "StoreError": "errors",
            "Study": "study",
            "StudyError": "errors",
            "StudyResults": "results",
            "load_study": "study",
            "open": "api:open_study",
            "run": "api",
        },
    )

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

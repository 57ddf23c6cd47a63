"""The types that cross layers: data in, records of runs out. Frozen, typed, no behaviour to speak of.

Axes are always in the order run, batch, feature.
"""

from mlpstudy.records.checkpoints import Checkpoint, Resumption, TrainerState
from mlpstudy.records.examples import Dataset, Examples, ValidationSource
from mlpstudy.records.layers import LayerDiagnostics
from mlpstudy.records.looks import Look
from mlpstudy.records.outcomes import Baseline, Outcome
from mlpstudy.records.runs import EpochRecord, Provenance, RunRecord, RunResult, Status

__all__ = [
    "Baseline",
    "Checkpoint",
    "Dataset",
    "EpochRecord",
    "Examples",
    "LayerDiagnostics",
    "Look",
    "Outcome",
    "Provenance",
    "Resumption",
    "RunRecord",
    "RunResult",
    "Status",
    "TrainerState",
    "ValidationSource",
]

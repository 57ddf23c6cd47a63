"""Checked arrays: data sets by name, files of one's own, their splits and preprocessing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.machine.lazy import offered

if TYPE_CHECKING:
    from mlpstudy.datasets.given import Given
    from mlpstudy.datasets.loading import load
    from mlpstudy.datasets.named.mnist import FOLDER as MNIST_FOLDER
    from mlpstudy.datasets.named.registry import NamedDataset, find_dataset, named_datasets
    from mlpstudy.datasets.named.source import DatasetInfo, FileCheck, RawExamples, Source
    from mlpstudy.datasets.overview.summary import ExampleView, SplitSummary, summarise, view_example
    from mlpstudy.datasets.preprocessing.encoding import one_hot, scale
    from mlpstudy.datasets.preprocessing.stored import Preprocessing, preprocessing_from_json
    from mlpstudy.datasets.raw import Labelled
    from mlpstudy.datasets.readers.idx import IdxFile, read_idx
    from mlpstudy.datasets.readers.idx_folder import read_idx_folder
    from mlpstudy.datasets.readers.libsvm import read_libsvm
    from mlpstudy.datasets.targets.classes import find_classes
else:
    __getattr__, __dir__ = offered(
        "mlpstudy.datasets",
        {
            "DatasetInfo": "named.source",
            "ExampleView": "overview.summary",
            "FileCheck": "named.source",
            "Given": "given",
            "IdxFile": "readers.idx",
            "Labelled": "raw",
            "MNIST_FOLDER": "named.mnist:FOLDER",
            "NamedDataset": "named.registry",
            "Preprocessing": "preprocessing.stored",
            "RawExamples": "named.source",
            "Source": "named.source",
            "SplitSummary": "overview.summary",
            "find_classes": "targets.classes",
            "find_dataset": "named.registry",
            "load": "loading",
            "named_datasets": "named.registry",
            "one_hot": "preprocessing.encoding",
            "preprocessing_from_json": "preprocessing.stored",
            "read_idx": "readers.idx",
            "read_idx_folder": "readers.idx_folder",
            "read_libsvm": "readers.libsvm",
            "scale": "preprocessing.encoding",
            "summarise": "overview.summary",
            "view_example": "overview.summary",
        },
    )

__all__ = [
    "MNIST_FOLDER",
    "DatasetInfo",
    "ExampleView",
    "FileCheck",
    "Given",
    "IdxFile",
    "Labelled",
    "NamedDataset",
    "Preprocessing",
    "RawExamples",
    "Source",
    "SplitSummary",
    "find_classes",
    "find_dataset",
    "load",
    "named_datasets",
    "one_hot",
    "preprocessing_from_json",
    "read_idx",
    "read_idx_folder",
    "read_libsvm",
    "scale",
    "summarise",
    "view_example",
]

"""Checked arrays: data sets by name, files of one's own, their splits and preprocessing.

Tables are read and described by ``table_reading`` and ``description``, which load Polars; nothing here does.
"""

from mlpstudy.datasets.given import Given
from mlpstudy.datasets.loading import load
from mlpstudy.datasets.named.registry import NamedDataset, find_dataset, named_datasets
from mlpstudy.datasets.named.source import DatasetInfo, FileCheck, RawExamples, Source
from mlpstudy.datasets.overview.summary import ExampleView, SplitSummary, summarise, view_example
from mlpstudy.datasets.preprocessing.encoding import one_hot, scale
from mlpstudy.datasets.preprocessing.stored import Preprocessing, preprocessing_from_json
from mlpstudy.datasets.raw import Labelled
from mlpstudy.datasets.readers.idx import IdxFile, read_idx

__all__ = [
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
    "find_dataset",
    "load",
    "named_datasets",
    "one_hot",
    "preprocessing_from_json",
    "read_idx",
    "scale",
    "summarise",
    "view_example",
]

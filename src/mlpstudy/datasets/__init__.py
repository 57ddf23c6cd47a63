"""Checked arrays: data sets by name, files of one's own, their splits and preprocessing."""

from mlpstudy.datasets.describe import ExampleView, SplitSummary, summarise, view_example
from mlpstudy.datasets.description import ColumnDescription, Description, describe_data, guess_target
from mlpstudy.datasets.encoding import one_hot, scale
from mlpstudy.datasets.given import Given
from mlpstudy.datasets.idx import IdxFile, read_idx
from mlpstudy.datasets.loading import load
from mlpstudy.datasets.preprocessing import Preprocessing, preprocessing_from_json
from mlpstudy.datasets.registry import NamedDataset, find_dataset, named_datasets
from mlpstudy.datasets.source import DatasetInfo, FileCheck, Labelled, RawExamples, Source
from mlpstudy.datasets.table_reading import Table, read_table

__all__ = [
    "ColumnDescription",
    "DatasetInfo",
    "Description",
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
    "Table",
    "describe_data",
    "find_dataset",
    "guess_target",
    "load",
    "named_datasets",
    "one_hot",
    "preprocessing_from_json",
    "read_idx",
    "read_table",
    "scale",
    "summarise",
    "view_example",
]

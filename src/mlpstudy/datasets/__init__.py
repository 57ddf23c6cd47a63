"""Checked arrays: the shipped MNIST, its splits and encodings."""

from mlpstudy.datasets.describe import ExampleView, SplitSummary, summarise, view_example
from mlpstudy.datasets.encoding import one_hot, scale
from mlpstudy.datasets.idx import IdxFile, read_idx
from mlpstudy.datasets.loading import load
from mlpstudy.datasets.registry import NamedDataset, find_dataset, named_datasets
from mlpstudy.datasets.source import DatasetInfo, FileCheck, Labelled, RawExamples, Source

__all__ = [
    "DatasetInfo",
    "ExampleView",
    "FileCheck",
    "IdxFile",
    "Labelled",
    "NamedDataset",
    "RawExamples",
    "Source",
    "SplitSummary",
    "find_dataset",
    "load",
    "named_datasets",
    "one_hot",
    "read_idx",
    "scale",
    "summarise",
    "view_example",
]

"""Checked arrays: data sets by name, files of one's own, their splits and preprocessing.

Tables are read by ``readers.tables`` and described by ``overview.description``, which load Polars; nothing here does.
"""

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

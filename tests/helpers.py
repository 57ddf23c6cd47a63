"""Small data and studies that many tests share."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import numpy as np

from lockstep import LockstepEngine, OneOfThree
from mlpstudy.engine import ENGINE_NAMES, get_engine
from mlpstudy.engine.interface import Engine
from mlpstudy.engine.torch import TorchEngine
from mlpstudy.records import Dataset, Examples
from mlpstudy.study import Study

TORCH_DEVICE = os.environ.get("MLPSTUDY_TEST_TORCH_DEVICE", "cpu")
"""Where tests of both engines let the torch engine compute."""


ENGINES = (*ENGINE_NAMES, "cohort")
"""All that must keep what an engine promises; ``cohort`` trains each run in company."""


def engine_named(name: str) -> Engine:
    """Return an engine; the torch engine on the device that the tests are run for."""
    if name == "cohort":
        return OneOfThree(LockstepEngine())
    return TorchEngine(device=TORCH_DEVICE) if name == "torch" else get_engine(name)


def small_study(**changes: object) -> Study:
    """Return a study of two architectures on a little of MNIST, two epochs, with changes."""
    fields: dict[str, object] = {
        "name": "small",
        "data": {"name": "mnist", "train_examples": 640, "test_examples": 256},
        "training": {"epochs": 2, "batch_size": 64},
        "factors": {"width": {"8": {"hidden": [8]}, "16": {"hidden": [16]}}},
    }
    return Study(**{**fields, **changes})


def blobs(n_train: int = 256, n_test: int = 64, n_features: int = 6, n_classes: int = 3) -> Dataset:
    """Return well-separated clusters, one a class: a data set that any network learns."""
    rng = np.random.default_rng(7)
    centres = rng.normal(size=(n_classes, n_features)) * 3

    def examples(n: int) -> Examples:
        labels = rng.integers(0, n_classes, n).astype(np.int32)
        features = (centres[labels] + rng.normal(size=(n, n_features))).astype(np.float32)
        return Examples(features, labels)

    train, test = examples(n_train), examples(n_test)
    names = tuple(str(k) for k in range(n_classes))
    return Dataset("blobs", train, test, "test", test, names, None, "0" * 64)


def load_tool(name: str) -> ModuleType:
    """Return a script of the folder ``tools`` as a module."""
    path = Path(__file__).resolve().parents[1] / "tools" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

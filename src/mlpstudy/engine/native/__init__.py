"""The native engine: compiled kernels for the CPU."""

from mlpstudy.engine.native.engine import NativeEngine, NativeTrainer
from mlpstudy.engine.native.layout import column_groups

__all__ = ["NativeEngine", "NativeTrainer", "column_groups"]

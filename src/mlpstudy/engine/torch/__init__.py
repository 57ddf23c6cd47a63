"""The torch engine: PyTorch autograd, plain and readable, on any device that PyTorch has."""

from mlpstudy.engine.torch.engine import TorchEngine

__all__ = ["TorchEngine"]

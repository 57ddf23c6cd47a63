"""The torch engine behind the interface that all engines share. Importing this module does not import torch."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from mlpstudy.errors import EngineError, must

if TYPE_CHECKING:
    from mlpstudy.arrays import Weights
    from mlpstudy.engine.torch.trainer import TorchTrainer
    from mlpstudy.study import Architecture

DEVICES = ("cpu", "cuda", "mps")


class TorchEngine:
    """PyTorch autograd: the yardstick that the native engine is measured against.

    Args:
        device: ``"cpu"``, ``"cuda"``, ``"mps"``; None takes a CUDA device where there is one, else the CPU.

    Raises:
        EngineError: PyTorch is not installed, or has no such device here.

    >>> TorchEngine(device="cpu").name
    'torch'
    """

    name = "torch"

    def __init__(self, device: str | None = None) -> None:
        self._torch = _import_torch()
        self._device = _checked_device(self._torch, device)

    def version(self) -> str:
        """Return the version of PyTorch."""
        return str(self._torch.__version__)

    def instruction_set(self) -> str:
        """Return the device, and what it is."""
        if self._device == "cuda":
            return f"cuda ({self._torch.cuda.get_device_name()})"
        if self._device == "cpu":
            return f"cpu ({self._torch.backends.cpu.get_cpu_capability()})"
        return self._device

    def build(self) -> str:
        """Return the commit that PyTorch was built from."""
        return str(self._torch.version.git_version)

    def trainer(
        self,
        architecture: Architecture,
        initial_weights: Weights,
        *,
        n_classes: int,  # noqa: ARG002  # the weights tell it
        image_shape: tuple[int, int] | None,  # noqa: ARG002  # only the native engine's layout needs it
        dropout_key: int,
    ) -> TorchTrainer:
        """Return a trainer that starts from the given weights."""
        from mlpstudy.engine.torch.network import MultilayerPerceptron  # noqa: PLC0415  # imports torch
        from mlpstudy.engine.torch.trainer import TorchTrainer  # noqa: PLC0415  # imports torch

        generator = self._torch.Generator(device=self._device).manual_seed(dropout_key)
        module = MultilayerPerceptron(architecture.network, initial_weights, generator)
        return TorchTrainer(module, architecture, generator, device=self._device)


def _import_torch() -> Any:  # noqa: ANN401  # a module
    """Import torch, or say in one line how to get it."""
    try:
        return importlib.import_module("torch")
    except ImportError:
        text = must('engine "torch"', "find PyTorch", "no module named torch", "pip install mlpstudy[torch]")
        raise EngineError(text) from None


def _checked_device(torch: Any, device: str | None) -> str:  # noqa: ANN401  # a module
    """Return the name of a device that is there."""
    if device is None:
        return "cuda" if torch.cuda.is_available() else "cpu"
    if device not in DEVICES:
        raise EngineError(must("device", f"be one of {', '.join(DEVICES)}", device, 'write "cpu"'))
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not there[device]:
        raise EngineError(
            must(f'device "{device}"', "be one that PyTorch finds", "none on this machine", 'write "cpu"')
        )
    return device

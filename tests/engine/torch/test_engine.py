"""The torch engine: what it promises as an engine, and its errors."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import torch

from mlpstudy.arrays import Weights
from mlpstudy.engine.run.initial_weights import initial_weights
from mlpstudy.engine.torch import TorchEngine
from mlpstudy.engine.torch.trainer import TorchTrainer
from mlpstudy.errors import EngineError
from mlpstudy.records import Examples
from mlpstudy.streams import batch_order
from mlpstudy.study import Architecture, Network, Training, parameter_shapes

N, N_FEATURES, N_CLASSES = 333, 12, 3
ARCHITECTURE = Architecture(
    name="small",
    levels=(),
    network=Network(hidden=(8, 6), batch_normalisation=True, dropout=0.3),
    training=Training(batch_size=32, learning_rate=0.01),
)


def _examples() -> Examples:
    """Three classes that lie apart in a few features."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, N_CLASSES, N).astype(np.int32)
    centres = rng.normal(0, 2.0, (N_CLASSES, N_FEATURES))
    return Examples((centres[labels] + rng.normal(size=(N, N_FEATURES))).astype(np.float32), labels)


def _trainer(seed: int = 0, architecture: Architecture = ARCHITECTURE) -> TorchTrainer:
    weights = initial_weights(architecture.network, N_FEATURES, N_CLASSES, study_seed=0, seed=seed)
    engine = TorchEngine(device="cpu")
    return engine.trainer(architecture, weights, n_classes=N_CLASSES, image_shape=None, dropout_key=2**64 - 1 - seed)


def _train(seed: int, n_epochs: int = 3, n_threads: int = 1) -> Weights:
    trainer, examples = _trainer(seed), _examples()
    for epoch in range(1, n_epochs + 1):
        trainer.train_epoch(examples, batch_order(0, seed, epoch, N), n_threads)
    return trainer.weights()


def _equal(a: Weights, b: Weights) -> bool:
    return list(a) == list(b) and all(np.array_equal(a[name], b[name]) for name in a)


def test_it_learns() -> None:
    """Thirty epochs on separable classes bring the accuracy in inference mode above 95 %."""
    trainer, examples = _trainer(), _examples()
    before = trainer.evaluate(examples, 1)
    epochs = [trainer.train_epoch(examples, batch_order(0, 0, epoch, N), 1) for epoch in range(1, 31)]
    after = trainer.evaluate(examples, 1)
    assert before.accuracy < 0.9
    assert after.accuracy > 0.95
    assert epochs[-1].loss < epochs[0].loss
    assert not epochs[-1].stopped


def test_weights_have_the_names_and_order_of_the_study() -> None:
    """Before training they are the initial weights; afterwards all have changed; they are copies."""
    initial = initial_weights(ARCHITECTURE.network, N_FEATURES, N_CLASSES, study_seed=0, seed=0)
    trainer = _trainer()
    untrained = trainer.weights()
    assert _equal(untrained, initial)
    trainer.train_epoch(_examples(), batch_order(0, 0, 1, N), 1)
    trained = trainer.weights()
    assert {name: w.shape for name, w in trained.items()} == parameter_shapes(
        ARCHITECTURE.network, N_FEATURES, N_CLASSES
    )
    assert _equal(untrained, initial)
    assert not any(np.array_equal(trained[name], initial[name]) for name in initial)


def test_evaluation_agrees_with_the_probabilities() -> None:
    """Loss and accuracy are those of the probabilities, over more examples than one evaluation batch holds."""
    trainer, examples = _trainer(), _examples()
    trainer.train_epoch(examples, batch_order(0, 0, 1, N), 1)
    assert isinstance(examples.features, np.ndarray)
    many = Examples(np.tile(examples.features, (4, 1)), np.tile(examples.labels, 4))
    probabilities = trainer.probabilities(many.features, 1)
    p_true = probabilities[np.arange(len(many)), many.labels]
    evaluation = trainer.evaluate(many, 1)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, rtol=1e-6)
    assert evaluation.loss == pytest.approx(-np.log(p_true.astype(np.float64)).mean(), rel=1e-6)
    assert evaluation.accuracy == (probabilities.argmax(axis=1) == many.labels).mean()


def test_training_means_are_over_all_examples() -> None:
    """The epoch's loss weighs each example alike, so the short last batch counts for less."""
    still = ARCHITECTURE.model_copy(
        update={"network": Network(hidden=(8,)), "training": Training(batch_size=32, learning_rate=1e-30)}
    )
    trainer, examples = _trainer(architecture=still), _examples()
    trained = trainer.train_epoch(examples, np.arange(N), 1)
    evaluated = trainer.evaluate(examples, 1)
    assert trained.loss == pytest.approx(evaluated.loss, rel=1e-6)
    assert trained.accuracy == pytest.approx(evaluated.accuracy, rel=1e-12)


def test_results_depend_on_neither_threads_nor_other_runs() -> None:
    """Bit for bit the same weights alone, with two threads allowed, and beside other runs in threads."""
    alone = [_train(seed) for seed in range(3)]
    assert _equal(alone[0], _train(0, n_threads=2))
    with ThreadPoolExecutor(3) as pool:
        beside = list(pool.map(_train, (2, 0, 1)))
    assert all(_equal(a, b) for a, b in zip(alone, (beside[1], beside[2], beside[0]), strict=True))
    assert not _equal(alone[0], alone[1])


def test_the_callers_settings_are_left_alone() -> None:
    """Threads and denormals of the calling thread are as they were before."""
    n_threads = torch.get_num_threads()
    _train(0, n_epochs=1)
    assert torch.get_num_threads() == n_threads
    assert np.float32(1e-40) * np.float32(1.0) > 0
    assert torch.tensor([1e-40]).mul(1.0).item() > 0


def test_denormals_are_flushed_while_it_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside a step, a denormal product is zero."""
    trainer, products = _trainer(), []
    step = TorchTrainer._step

    def spy(self: TorchTrainer, *batch: Any) -> tuple[torch.Tensor, torch.Tensor]:
        products.append(torch.full((64,), 1e-30).mul(1e-10).sum().item())
        return step(self, *batch)

    monkeypatch.setattr(TorchTrainer, "_step", spy)
    trainer.train_epoch(_examples(), batch_order(0, 0, 1, N), 1)
    assert products == [0.0] * 11


def test_a_stop_ends_the_epoch_after_a_step() -> None:
    """A trainer that was asked to stop trains no further step and says so."""
    trainer, examples = _trainer(), _examples()
    initial = trainer.weights()
    trainer.request_stop()
    done = trainer.train_epoch(examples, batch_order(0, 0, 1, N), 1)
    assert done.stopped
    assert _equal(trainer.weights(), initial)


def test_divergence_is_reported_as_numbers() -> None:
    """A learning rate of 1e30 gives a loss that is not finite or far above guessing, not an exception."""
    wild = ARCHITECTURE.model_copy(
        update={"network": Network(hidden=(8,)), "training": Training(batch_size=32, learning_rate=1e30)}
    )
    done = _trainer(architecture=wild).train_epoch(_examples(), batch_order(0, 0, 1, N), 1)
    assert not done.loss < 4.0


def test_missing_torch_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without PyTorch the engine says how to get it."""
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(EngineError, match=r"^engine \"torch\" must .*, fix: pip install mlpstudy\[torch\]$"):
        TorchEngine()


def test_devices_that_are_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown device and one that PyTorch does not find are refused by name; by default there is always one."""
    with pytest.raises(EngineError, match="device must be one of cpu, cuda, mps, got 'tpu'"):
        TorchEngine(device="tpu")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(EngineError, match='device "mps" must be one'):
        TorchEngine(device="mps")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert TorchEngine().instruction_set().startswith("cpu (")


def test_it_names_what_computes() -> None:
    """Version and device go into a run's provenance."""
    engine = TorchEngine(device="cpu")
    assert (engine.name, engine.version()) == ("torch", torch.__version__)
    assert torch.backends.cpu.get_cpu_capability() in engine.instruction_set()

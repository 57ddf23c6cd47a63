"""A slice of the differential test, and that it can fail. The long form: ``make differential``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest
from pydantic import BaseModel, create_model

from differential import run
from differential.against_oracle import check_steps
from differential.configurations import NETWORK, draw, settings
from differential.references import NETWORK_SETTINGS, TRAINING_SETTINGS, references
from differential.report import Report
from differential.run import check, main, repeat
from differential.same_bits import check_bits
from differential.through_runner import check_resuming
from helpers import engine_named
from mlpstudy.engine.interface import EpochTraining
from mlpstudy.engine.native.engine import NativeTrainer
from mlpstudy.records import Examples, TrainerState
from mlpstudy.study import Network, Training
from oracle.mlp import Mlp, activation

N_SEEDS = 40
FEW = range(12)
"""Enough that each way of breaking something shows in one of them."""


@pytest.mark.parametrize("first", range(0, N_SEEDS, 8))
def test_drawn_configurations(first: int) -> None:
    """Steps, epochs and inference are the oracle's, and no way of training changes a bit."""
    for seed in range(first, first + 8):
        report = check(seed)
        assert not report.faults, "\n".join([str(draw(seed)), *report.faults, f"again: {repeat(seed)}"])
        assert report.n_compared > 20


@pytest.mark.parametrize(("model", "known"), [(Network, NETWORK_SETTINGS), (Training, TRAINING_SETTINGS)])
def test_every_word_of_every_menu_is_drawn(model: type[BaseModel], known: set[str]) -> None:
    """The oracle knows all settings; of each menu all words come up among some configurations."""
    assert set(model.model_fields) == known
    drawn = [draw(seed) for seed in range(100)]
    for name, field in model.model_fields.items():
        menu = {word for word in get_args(field.annotation) if isinstance(word, str)}
        assert {str(getattr(one.network if model is Network else one.training, name)) for one in drawn} >= menu


def test_a_new_setting_fails_until_it_is_drawn_and_has_equations() -> None:
    """Neither a number without a rule nor a word that the oracle has no use for passes unseen."""
    number = create_model("number", __base__=Network, weight_decay=(float, 0.0))
    with pytest.raises(NotImplementedError, match="the setting weight_decay must be drawn"):
        settings(number, NETWORK, np.random.default_rng(0))
    configuration = draw(0)
    wider = number.model_validate(configuration.network.model_dump())
    with pytest.raises(NotImplementedError, match="the oracle must know the setting weight_decay"):
        references(replace(configuration, network=wider), TrainerState(0, {}))
    with pytest.raises(NotImplementedError, match="the oracle must know the activation, got swish"):
        activation("swish")
    oracle = Mlp([], optimiser="lion")
    with pytest.raises(NotImplementedError, match="the oracle must know the optimiser, got lion"):
        oracle.train_step(np.zeros((1, 1)), np.zeros(1, np.int32))


def wrong_gradient(self: Mlp, *arguments: Any, right: Any = Mlp.gradients) -> Any:
    """Biases, gammas and betas learn a thousandth too fast."""
    losses, gradients = right(self, *arguments)
    return losses, [g * 1.001 if g.ndim == 1 else g for g in gradients]


def wrong_dropout(self: Mlp, *arguments: Any, right: Any = Mlp.forward, **more: Any) -> Any:
    """What is kept is scaled a thousandth too far."""
    self.dropout = [min(rate * 1.001, 0.99) for rate in self.dropout]
    return right(self, *arguments, **more)


def wrong_momentum(self: Mlp, norm: Any, *arguments: Any, right: Any = Mlp._normalise, **more: Any) -> Any:
    """Moving statistics follow too slowly."""
    before = norm.moving_mean
    result = right(self, norm, *arguments, **more)
    norm.moving_mean = before + (norm.moving_mean - before) * 0.999
    return result


@pytest.mark.parametrize(
    ("name", "wrong"), [("gradients", wrong_gradient), ("forward", wrong_dropout), ("_normalise", wrong_momentum)]
)
def test_an_equation_that_is_off_is_found(
    name: str, wrong: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where engines and oracle differ by a thousandth in one term, some configuration shows it."""
    monkeypatch.setattr(Mlp, name, wrong)
    assert any(check_steps(draw(seed), engine_named("native")).faults for seed in FEW)


def test_a_bit_that_depends_on_threads_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """One weight that is a rounding off with two threads is a fault."""
    right = NativeTrainer.train_epoch

    def wrong(self: NativeTrainer, examples: Examples, order: Any, n_threads: int) -> EpochTraining:
        done = right(self, examples, order, n_threads)
        if n_threads == 2:
            tensors = self.network.parameters()
            tensors[1][0] = np.nextafter(tensors[1][0], np.float32(9))
            self.network.set_parameters(tensors)
        return done

    monkeypatch.setattr(NativeTrainer, "train_epoch", wrong)
    faults = (fault for seed in FEW for fault in check_bits(draw(seed), engine_named("native")).faults)
    assert any("2 threads" in fault for fault in faults)


def test_a_state_that_is_not_taken_over_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Going on without the number of steps is a fault, in a new trainer and through the runner."""
    right = NativeTrainer.restore
    monkeypatch.setattr(NativeTrainer, "restore", lambda self, state: right(self, replace(state, n_steps=0)))
    native = engine_named("native")
    faults = (fault for seed in FEW for fault in check_bits(draw(seed), native).faults)
    assert any("a new trainer each epoch" in fault for fault in faults)
    assert any(check_resuming(draw(seed), native).faults for seed in FEW)


def test_a_fault_is_printed_with_the_command_that_repeats_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command checks that configuration alone; a fault is exit code 1, and so is an error on the way."""
    checked: list[int] = []

    def doubtful(seed: int) -> Report:
        checked.append(seed)
        if seed == 8:
            raise ZeroDivisionError
        return Report(faults=["native: off"] if seed == 7 else [], n_compared=1)

    monkeypatch.setattr(run, "check", doubtful)
    assert main(["--seed", "6", "--count", "3"]) == 1
    assert checked == [6, 7, 8]
    printed = capsys.readouterr().out
    assert "FAULT seed 7\n" in printed
    assert f"again: {repeat(7)}" in printed
    assert "ZeroDivisionError" in printed
    assert f"again: {repeat(8)}" in printed
    assert "3 configurations, 2 with a fault: 2 comparisons, 0 left out" in printed
    again = repeat(7).split(" -m differential.run ")[1].split()
    checked.clear()
    assert main(again) == 1
    assert checked == [7]
    assert main(["--seed", "9", "--count", "1"]) == 0

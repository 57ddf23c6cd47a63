"""Layer tables and parameter counts, as Keras counts them."""

from __future__ import annotations

import pytest

from mlpstudy.study import count_parameters, layers, load_study, parameter_shapes

COUNTS = {
    "plain-2": (218_058, 218_058),
    "plain-3": (567_434, 567_434),
    "plain-5": (576_810, 576_810),
    "batchnorm-2": (219_338, 218_698),
    "batchnorm-3": (571_018, 569_226),
    "batchnorm-5": (580_778, 578_794),
    "batchnorm-dropout-2": (219_338, 218_698),
    "batchnorm-dropout-3": (571_018, 569_226),
    "batchnorm-dropout-5": (580_778, 578_794),
}


@pytest.mark.parametrize("name", COUNTS)
def test_parameter_counts_are_the_notebooks(name: str) -> None:
    """All and trainable parameters of the nine networks, as the notebook printed them."""
    assert count_parameters(load_study("notebook").architecture(name).network, 784, 10) == COUNTS[name]


def test_layers_stand_in_the_notebooks_order() -> None:
    """Dense (with its activation), batch normalisation, dropout; at the end the output layer."""
    network = load_study("notebook").architecture("batchnorm-dropout-2").network
    assert [layer.name for layer in layers(network, 784, 10)] == [
        "hidden_1",
        "batchnorm_1",
        "dropout_1",
        "hidden_2",
        "batchnorm_2",
        "dropout_2",
        "output",
    ]


def test_shapes_add_up_to_the_count() -> None:
    """The tensors of a network hold exactly its parameters."""
    for architecture in load_study("notebook").architectures:
        shapes = parameter_shapes(architecture.network, 784, 10).values()
        total = sum(shape[0] * (shape[1] if len(shape) > 1 else 1) for shape in shapes)
        assert total == COUNTS[architecture.name][0]

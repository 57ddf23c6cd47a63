"""``mlpstudy summary``: the layer tables of a study's architectures, with parameter counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mlpstudy.cli.printing.terminal import new_table, say_json

if TYPE_CHECKING:
    from rich.table import Table

    from mlpstudy.study import Architecture

STUDY_HELP = "A study file (TOML), or the name of a built-in study."


def summary(
    study: Annotated[str, typer.Argument(help=STUDY_HELP)] = "notebook",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Print the layer table of every architecture: layer, output shape, parameters; and the totals.

    Example: mlpstudy summary notebook
    """
    from mlpstudy.cli.printing.terminal import console
    from mlpstudy.datasets import load
    from mlpstudy.study import count_parameters, load_study

    loaded = load_study(study)
    dataset = load(loaded.data, loaded.study_seed)
    n_features, n_classes = dataset.n_features, dataset.n_classes
    if as_json:
        rows = [_as_json(architecture, n_features, n_classes) for architecture in loaded.architectures]
        say_json({"study": loaded.name, "architectures": rows}, indent=2)
        return
    for architecture in loaded.architectures:
        console().print(_table(architecture, n_features, n_classes))
        total, trainable = count_parameters(architecture.network, n_features, n_classes)
        console().print(
            f"Total parameters: {total:,}   trainable: {trainable:,}   not trainable: {total - trainable:,}\n",
        )


def _table(architecture: Architecture, n_features: int, n_classes: int) -> Table:
    """Return the layer table of one architecture."""
    from mlpstudy.study import layers

    levels = ", ".join(f"{factor} {level}" for factor, level in architecture.levels)
    title = f"{architecture.name}  ({levels})"
    table = new_table("Layer", "Kind", "Output shape", ">Parameters", title=title, pad_edge=True)
    for layer in layers(architecture.network, n_features, n_classes):
        table.add_row(layer.name, layer.kind, f"(batch, {layer.width})", f"{layer.n_parameters:,}")
    return table


def _as_json(architecture: Architecture, n_features: int, n_classes: int) -> dict[str, object]:
    """Return the layer table of one architecture as plain values."""
    from mlpstudy.study import count_parameters, layers

    total, trainable = count_parameters(architecture.network, n_features, n_classes)
    rows = [
        {"layer": layer.name, "kind": layer.kind, "output_width": layer.width, "n_parameters": layer.n_parameters}
        for layer in layers(architecture.network, n_features, n_classes)
    ]
    return {
        "architecture": architecture.name,
        "levels": dict(architecture.levels),
        "layers": rows,
        "n_parameters": total,
        "n_trainable": trainable,
        "n_not_trainable": total - trainable,
    }

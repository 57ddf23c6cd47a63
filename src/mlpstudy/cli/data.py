"""``mlpstudy data``: which data sets there are, what is in them, whether they are the originals."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlpstudy.cli.printing.terminal import new_table, say, say_json, styled

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.table import Table

    from mlpstudy.datasets import DatasetInfo, ExampleView, FileCheck, SplitSummary

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    help="The data sets that a study can name: list them, look at them, verify them.",
    epilog="Start with: mlpstudy data show mnist --index 0",
)

WIDE = 120
"""Columns that a matrix may take where the output is no terminal."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
With = Annotated[
    list[str] | None,
    typer.Option(
        "--with", metavar="LINE", help="A line of a study file's data, such as 'header = false'; may be given often."
    ),
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of a data set, as 'mlpstudy data list' prints it.")]


class Split(StrEnum):
    """The part of a data set that an example is taken from."""

    train = "train"
    test = "test"


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the data sets that a study file can name.

    Example: mlpstudy data list
    """
    from mlpstudy.datasets import named_datasets

    infos = [named.info for named in named_datasets()]
    if as_json:
        say_json({"datasets": [_info_json(info) for info in infos]}, indent=2)
        return
    from mlpstudy.cli.printing.terminal import console

    console().print(_list_table(infos))


@app.command()
def show(
    data: Annotated[
        list[str],
        typer.Argument(metavar="NAME|FILE...", help="A data set's name, a file, a folder, or features and labels."),
    ],
    target: Annotated[
        str | None, typer.Option(help="The column of a table that holds the class.", show_default="guessed")
    ] = None,
    index: Annotated[int, typer.Option("--index", help="Which example to show, from 0.")] = 0,
    more: With = None,
    split: Annotated[Split, typer.Option("--split", help="Take it from the training or the test examples.")] = (
        Split.train
    ),
    as_json: AsJson = False,
) -> None:
    """Show what is in a data set: columns, types, classes, balance, missing values, first rows or an image.

    Example: mlpstudy data show mnist --index 0
    """
    from mlpstudy.datasets import find_dataset, named_datasets, summarise, view_example

    names = {named.info.name for named in named_datasets() if named.has_source}
    if len(data) > 1 or data[0] not in names or Path(data[0]).exists():
        from mlpstudy.cli.printing.describing import show_description

        show_description(data, target, more or (), as_json=as_json)
        return
    named = find_dataset(data[0], "NAME")
    source = named.load()
    splits = summarise(source)
    example = view_example(source, split.value, index)
    if as_json:
        say_json(_show_json(named.info, splits, example))
        return
    _print_info(named.info, splits)
    _print_example(example)


@app.command()
def verify(name: Name, as_json: AsJson = False) -> None:
    """Compare every file of a data set with the SHA-256 of the original; exit code 1 where one differs.

    Example: mlpstudy data verify mnist
    """
    from mlpstudy.datasets import find_dataset
    from mlpstudy.errors import DataError, must

    checks = find_dataset(name, "NAME").check()
    wrong = [check.file for check in checks if not check.ok]
    if as_json:
        files = [{**asdict(check), "ok": check.ok} for check in checks]
        say_json({"name": name, "ok": not wrong, "files": files}, indent=2)
    else:
        for check in checks:
            _print_check(check)
    if wrong:
        found = f"{len(wrong)} that are not: {', '.join(wrong)}"
        fix = "reinstall mlpstudy" if name == "mnist" else "run a study with them, which downloads what is not right"
        raise DataError(must(f"the {len(checks)} files of {name}", "be the originals", found, fix))
    if not as_json and checks:
        say(f"All {len(checks)} files of {name} are the originals.")
    elif not as_json:
        say(f"{name} comes with scikit-learn and has no files of its own.")


def _info_json(info: DatasetInfo) -> dict[str, Any]:
    return {**asdict(info), "n_classes": len(info.class_names)}


def _show_json(info: DatasetInfo, splits: tuple[SplitSummary, ...], example: ExampleView) -> dict[str, Any]:
    return {
        **_info_json(info),
        "splits": {split.split: asdict(split) for split in splits},
        "example": {
            "split": example.split,
            "index": example.index,
            "label": example.label,
            "class_name": example.class_name,
            "one_hot": example.one_hot.astype(int).tolist(),
            "image": example.image.tolist(),
            # Nine digits identify a float32; its float64 repr would show digits that it does not have.
            "scaled": [[float(f"{value:.9g}") for value in row] for row in example.scaled],
        },
    }


def _list_table(infos: list[DatasetInfo]) -> Table:
    table = new_table("Name", "What", ">Train", ">Test", "Shape", ">Classes", "Licence", show_edge=False)
    for info in infos:
        shape = " x ".join(str(n) for n in info.image_shape or ())
        sizes = ("" if n is None else f"{n:,}" for n in (info.n_train, info.n_test))
        numbers = (*sizes, shape, str(len(info.class_names)))
        table.add_row(info.name, info.title, *numbers, info.licence)
    return table


def _print_info(info: DatasetInfo, splits: tuple[SplitSummary, ...]) -> None:
    """Print what a data set is, its shapes and the balance of its classes."""
    from mlpstudy.cli.printing.terminal import console

    console().print(styled((info.name, "bold"), f": {info.title}"))
    console().print(f"{info.licence}, {info.authors}\n")
    shapes = new_table("Split", ">Examples", "Images", "Flattened", show_edge=False)
    for split in splits:
        images = str((split.n_examples, *(info.image_shape or (split.n_features,))))
        shapes.add_row(split.split, f"{split.n_examples:,}", images, str((split.n_examples, split.n_features)))
    console().print(shapes, "")
    balance = new_table(
        "Class", *(title for split in splits for title in (f">{split.split}", ">share")), show_edge=False
    )
    for label, class_name in enumerate(info.class_names):
        cells = []
        for split in splits:
            n = split.class_counts[label]
            cells += [f"{n:,}", f"{100 * n / split.n_examples:.1f} %"]
        balance.add_row(class_name, *cells)
    console().print(balance, "")


def _print_example(example: ExampleView) -> None:
    """Print one example: image, grey values, scaled values, label, one-hot vector."""
    from mlpstudy.cli.printing.pixels import half_blocks, hundredths, shades
    from mlpstudy.cli.printing.terminal import console

    console().print(f"{example.split} example {example.index}: class {example.class_name}\n", style="bold")
    has_greys = console().color_system in {"truecolor", "256"} and not console().no_color
    has_greys = has_greys and console().encoding.startswith("utf")
    console().print(half_blocks(example.image) if has_greys else shades(example.image), soft_wrap=True)
    _print_values("Grey values 0-255", example.image, str)
    _print_values("Scaled by x / 255, rounded", example.scaled, hundredths)
    row, column = divmod(int((example.image != 0).argmax()), example.image.shape[1])
    quotient = f"{example.image[row, column]} / 255 = {example.scaled[row, column]:.9g}"
    console().print(f"Not rounded: {quotient} in row {row}, column {column}\n")
    vector = " ".join(str(int(value)) for value in example.one_hot)
    console().print(f"Label {example.label}, one-hot [{vector}]")


def _print_values(title: str, image: Any, show: Callable[[Any], str]) -> None:  # noqa: ANN401  # an array of any type
    """Print the matrix of an image's values, in a layout that fits the terminal."""
    from mlpstudy.cli.printing.pixels import captioned
    from mlpstudy.cli.printing.terminal import console, is_terminal

    width = console().width if is_terminal() else WIDE
    for caption, matrix in captioned(image, width, show):
        console().print(styled((title, "bold"), f" ({caption})\n" if caption else "\n"))
        console().print(matrix, soft_wrap=True)


def _print_check(check: FileCheck) -> None:
    """Print what checking one file found; hashes on lines of their own, so that they fit 80 columns."""
    say(f"{'ok' if check.ok else 'not ok':6}  {check.file}")
    if check.found_sha256 is None:
        say(f"        {check.problem}")
        return
    say(f"        {check.found_sha256}")
    if not check.ok:
        say(f"        must be {check.expected_sha256}")

"""``mlpstudy predict``: what a study's networks say of new images or rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlpstudy.cli.printing.terminal import new_table, say, say_json, styled
from mlpstudy.text.numerals import percent

if TYPE_CHECKING:
    from rich.table import Table

    from mlpstudy.datasets.new_examples import NewExamples
    from mlpstudy.predict.ensemble import Prediction
    from mlpstudy.predict.model import Model

SHOWN = 40
"""Most predictions that the table on the terminal shows."""
SURE = 0.05
"""From this share of disagreeing networks on a prediction is marked."""


def predict(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A study's folder.")],
    inputs: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="INPUT...",
            help="Pictures (PNG, JPEG ...), folders of them, files of rows (CSV, TSV, Excel, ARFF, Parquet, NPY, NPZ).",
            show_default=False,
        ),
    ] = None,
    architecture: Annotated[
        str | None,
        typer.Option(
            "--architecture",
            "-a",
            help="Which architecture predicts.",
            show_default="of the best tier the one with the fewest parameters",
        ),
    ] = None,
    seeds: Annotated[
        int | None, typer.Option("--seeds", min=1, help="Use only so many of its seeds.", show_default="all finished")
    ] = None,
    test: Annotated[
        str | None,
        typer.Option("--test", metavar="I,J,...", help="Predict these test examples of the study's own data, from 0."),
    ] = None,
    digits: Annotated[
        bool | None,
        typer.Option(
            "--digits/--no-digits",
            help="Give pictures MNIST's own preprocessing, or only resize them.",
            show_default="--digits for studies of mnist",
        ),
    ] = None,
    csv_file: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write every prediction to a CSV file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines: all probabilities.")] = False,
) -> None:
    """Predict the class of images or rows: an ensemble over an architecture's seeds, and how far they disagree.

    The class is the one with the largest mean of the seeds' probabilities, also where most seeds give another one.

    Example: mlpstudy predict runs/notebook digit.png
    """
    positions = _positions(test)
    if bool(inputs) == (positions is not None):
        raise typer.BadParameter("give INPUT..., or --test with numbers of test examples, not both")  # noqa: TRY003, EM101  # usage
    from mlpstudy.predict.model import load_model
    from mlpstudy.store import Store

    with Store.open(folder) as store:
        model = load_model(store, architecture, seeds, are_digits=digits)
        examples = model.read(inputs or []) if positions is None else model.test_examples(positions)
    prediction = model.ensemble.predict(examples.features)
    if csv_file is not None:
        _write_csv(csv_file, model, examples, prediction)
    if as_json:
        say_json(_json(folder, model, examples, prediction))
    else:
        _print(model, examples, prediction)
        if csv_file is not None:
            say(csv_file)


def _positions(text: str | None) -> list[int] | None:
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and part.isascii() for part in parts):
        message = f"must be numbers of test examples with commas between, got {text!r}"
        raise typer.BadParameter(message, param_hint="--test")
    return [int(part) for part in parts]


def _accuracy(examples: NewExamples, prediction: Prediction) -> tuple[float, int] | None:
    """Return accuracy and number of the examples whose class is known."""
    known = examples.labels >= 0
    n = int(known.sum())
    return (float((prediction.predicted == examples.labels)[known].mean()), n) if n else None


def _json(folder: Path, model: Model, examples: NewExamples, prediction: Prediction) -> dict[str, Any]:
    names = model.class_names
    p_predicted = prediction.p_predicted
    accuracy = _accuracy(examples, prediction)
    return {
        "folder": str(folder),
        "architecture": model.architecture,
        "chosen": model.ensemble.choice.reason,
        "passed_over": list(model.ensemble.choice.passed_over),
        "never_predicted": list(model.never_predicted),
        "seeds": list(model.seeds),
        "classes": list(names),
        "accuracy": None if accuracy is None else accuracy[0],
        "warnings": list(examples.warnings),
        "predictions": [
            {
                "input": name,
                "class": names[prediction.predicted[i]],
                "probability": float(p_predicted[i]),
                "disagreement": float(prediction.disagreement[i]),
                "majority": names[prediction.majority[i]],
                "label": None if examples.labels[i] < 0 else names[examples.labels[i]],
                "probabilities": prediction.probabilities[i].tolist(),
            }
            for i, name in enumerate(examples.names)
        ],
    }


def _write_csv(path: Path, model: Model, examples: NewExamples, prediction: Prediction) -> None:
    """Write one row an example: class, its probability, disagreement, majority, label, every class's probability."""
    import polars as pl

    from mlpstudy.results.frames import csv_text

    names = model.class_names
    columns = {
        "input": examples.names,
        "class": [names[k] for k in prediction.predicted.tolist()],
        "probability": prediction.p_predicted,
        "disagreement": prediction.disagreement,
        "majority": [names[k] for k in prediction.majority.tolist()],
        "label": [names[k] if k >= 0 else None for k in examples.labels.tolist()],
        **{f"p({name})": prediction.probabilities[:, k] for k, name in enumerate(names)},
    }
    frame = pl.DataFrame(columns, schema_overrides=dict.fromkeys(("input", "class", "majority", "label"), pl.String))
    path.write_bytes(csv_text(frame).encode())


def _print(model: Model, examples: NewExamples, prediction: Prediction) -> None:
    from mlpstudy.cli.printing.terminal import console

    console().print(_table(model, examples, prediction))
    n = len(examples.names)
    if n > SHOWN:
        console().print(f"{n - SHOWN} more of {n}: --csv FILE, or --json")
    n_outvoted = int((prediction.majority != prediction.predicted).sum())
    if n_outvoted:
        says = (
            f"* More seeds give another class ({n_outvoted} of {n} rows); the mean of all their probabilities decides."
        )
        console().print(says, soft_wrap=True)
    accuracy = _accuracy(examples, prediction)
    if accuracy is not None:
        of = "" if accuracy[1] == n else f" of {n}"
        console().print(f"Accuracy on the {accuracy[1]}{of} whose class is given: {percent(accuracy[0])}")
    for line in (*(f"Warning: {warning}" for warning in examples.warnings), *_about(model)):
        console().print(line, style="yellow", soft_wrap=True)


def _about(model: Model) -> list[str]:
    """Return what is to be known of the networks that predict."""
    from mlpstudy.predict.model import never_line

    lines = []
    if over := model.ensemble.choice.passed_over:
        names = ", ".join(over)
        why = "never predicts some class" if len(over) == 1 else "never predict some class"
        lines.append(f"Passed over: {names}, which {why}; always answering the commonest one would be as accurate.")
    if never := never_line(model):
        lines.append(f"Warning: {never}.")
    return lines


def _table(model: Model, examples: NewExamples, prediction: Prediction) -> Table:
    n_seeds = len(model.seeds)
    seeds = f"{n_seeds} seeds" if n_seeds > 1 else f"seed {model.seeds[0]}"
    reason = model.ensemble.choice.reason
    because = "" if reason == "named" else f" ({reason})"
    title = styled((f"{model.architecture}, {seeds}", "bold"), (because, "not bold"))
    table = new_table(title=title, collapse_padding=True)
    has_labels = bool((examples.labels >= 0).any())
    table.add_column("Input", overflow="fold")
    table.add_column("Class", overflow="fold")
    table.add_column("Probability", justify="right")
    if n_seeds > 1:
        table.add_column("Seeds that\ndisagree", justify="right")
    if has_labels:
        table.add_column("Given", overflow="fold")
    names = model.class_names
    p_predicted = prediction.p_predicted
    for i in range(min(SHOWN, len(examples.names))):
        k, label = int(prediction.predicted[i]), int(examples.labels[i])
        n_other = round(prediction.disagreement[i] * n_seeds)
        cells = [styled(examples.names[i]), styled((names[k], "bold")), styled(f"{p_predicted[i]:.3f}")]
        if n_seeds > 1:
            style = "yellow" if prediction.disagreement[i] >= SURE else ""
            mark = " *" if prediction.majority[i] != k else ""
            cells.append(styled((f"{n_other} of {n_seeds}{mark}", style)))
        if has_labels:
            cells.append(styled((names[label] if label >= 0 else "-", "red" if label not in {k, -1} else "")))
        table.add_row(*cells)
    return table

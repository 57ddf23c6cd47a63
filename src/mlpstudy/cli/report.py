"""``mlpstudy report``: a study's whole story in one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mlpstudy.cli.terminal import say, say_json


def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A study's folder.")] = Path("runs/notebook"),
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE.html", help="The file to write.", show_default="DIR/report.html"),
    ] = None,
    weights_mb: Annotated[
        float,
        typer.Option(
            "--weights-mb",
            min=0,
            max=100,
            help="Megabytes for the networks that a drawn image is shown to, where the study is of images; 0: none.",
        ),
    ] = 12.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines: path and size.")] = False,
) -> None:
    """Write one self-contained HTML file: verdicts, tables, curves, weights, errors, cost, method; opens offline.

    Example: mlpstudy report runs/notebook -o study.html
    """
    from mlpstudy.report import write_report
    from mlpstudy.results import StudyResults
    from mlpstudy.store import note_look

    results = StudyResults(folder)
    note_look(folder, "mlpstudy report")
    path = write_report(results, output, weights_mb=weights_mb)
    size = path.stat().st_size
    if as_json:
        say_json({"path": str(path), "bytes": size})
    else:
        say(f"{path}   {size / 1e6:.1f} MB")

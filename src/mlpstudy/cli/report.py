"""``mlpstudy report``: a study's whole story in one HTML file."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlpstudy.cli.printing.terminal import say, say_json, styled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mlpstudy.results import StudyResults


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
    # Its products are small: threads of BLAS would double the CPU time by waiting for each other.
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")

    from mlpstudy.report import write_report
    from mlpstudy.results import StudyResults
    from mlpstudy.store import note_look

    results = StudyResults(folder)
    note_look(folder, "mlpstudy report")
    with _progress(results, quiet=as_json) as progress:
        path = write_report(results, output, weights_mb=weights_mb, progress=progress)
    size = path.stat().st_size
    if as_json:
        say_json({"path": str(path), "bytes": size})
    else:
        say(f"{path}   {size / 1e6:.1f} MB")


@contextmanager
def _progress(results: StudyResults, *, quiet: bool) -> Iterator[Callable[[str], object]]:
    """Say on standard error what is being done: in a line that changes on a terminal, else in one line at the start."""
    from mlpstudy.text.console import SafeConsole

    console = SafeConsole(stderr=True)
    if quiet:
        yield lambda _: None
    elif console.is_terminal:
        with console.status("reading") as status:
            yield lambda text: status.update(styled(text))
    else:
        say(f"writing the report of {len(results.runs())} runs: some seconds, more with larger images", error=True)
        yield lambda _: None

"""``mlpstudy run``: train a study, show it, and print its comparison tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from mlpstudy.workflow import Listener


def run(
    study: Annotated[str, typer.Argument(help="A study file (TOML), or the name of a built-in study.")] = "notebook",
    seeds: Annotated[int | None, typer.Option(min=1, help="Seeds an architecture; more seeds extend a study.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Epochs a run, instead of the study's own.")] = None,
    out: Annotated[Path | None, typer.Option(help="The study's folder.", show_default="runs/<study name>")] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Threads in all.", show_default="all cores")] = None,
    engine: Annotated[str, typer.Option(help="What trains: native or torch.")] = "native",
    checkpoint_s: Annotated[
        float, typer.Option("--checkpoint-s", min=0, help="Seconds of work between two checkpoints of a run.")
    ] = 10.0,
    figures: Annotated[bool, typer.Option(help="Save the figures at the end.")] = True,
    watch: Annotated[bool, typer.Option("--watch", help="Show it in the browser too, as mlpstudy watch does.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON event a line.")] = False,
) -> None:
    """Train every run that the study's folder does not hold yet; then print the comparison tables.

    After Ctrl-C, a kill or a power cut the same command goes on where it was, to the same results.

    Example: mlpstudy run notebook --seeds 5
    """
    from mlpstudy.cli.interruption import heeding_signals
    from mlpstudy.cli.terminal import console, is_terminal
    from mlpstudy.cli.watch import dashboard_beside
    from mlpstudy.progress import JsonLines, LiveBars, PlainLines
    from mlpstudy.workflow import Stop, run_study

    bars = LiveBars()
    listener: Listener = JsonLines() if as_json else bars if is_terminal() else PlainLines()
    stop = Stop()
    with dashboard_beside(listener, wanted=watch, as_json=as_json) as listening, heeding_signals(stop):
        try:
            folder = run_study(
                study,
                out=out,
                seeds=seeds,
                epochs=epochs,
                engine=engine,
                n_threads=threads,
                listener=listening,
                checkpoint_s=checkpoint_s,
                stop=stop,
            )
        finally:
            bars.close()
        n_failed = _print_end(folder, figures=figures, as_json=as_json)
    if n_failed:
        console().print(f"{n_failed} failed; run the same command to try again", style="red")
        raise typer.Exit(1)


def _print_end(folder: Path, *, figures: bool, as_json: bool) -> int:
    """Print tables, observations and where the figures are; return the number of failed runs."""
    from mlpstudy.cli.show import results_as_json
    from mlpstudy.cli.tables import print_results
    from mlpstudy.cli.terminal import console
    from mlpstudy.results import StudyResults

    results = StudyResults(folder)
    if as_json:
        typer.echo(json.dumps({"event": "study_ended", "folder": str(folder), **results_as_json(results)}))
    else:
        print_results(results)
    if figures:
        with console().status("drawing the figures") if not as_json else _Nothing():
            saved = results.save_figures()
        if not as_json:
            console().print(f"{len(saved)} figures: {folder / 'figures'}   the tables again: mlpstudy show {folder}")
    return sum(record.status == "failed" for record in results.runs())


class _Nothing:
    """A context that does nothing."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass

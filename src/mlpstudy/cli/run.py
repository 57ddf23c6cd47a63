"""``mlpstudy run``: train a study, show it, and print its comparison tables."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlpstudy.cli.printing.exits import ExitCode
from mlpstudy.cli.printing.terminal import fail, say_json
from mlpstudy.cli.show import RUN_FIGURES, results_as_json
from mlpstudy.engine.registry import ENGINES_IN_WORDS
from mlpstudy.errors import MlpstudyError
from mlpstudy.text.escaping import shell

if TYPE_CHECKING:
    from mlpstudy.results import StudyResults
    from mlpstudy.running.listening import Listener


def run(
    study: Annotated[str, typer.Argument(help="A study file (TOML), or the name of a built-in study.")] = "notebook",
    seeds: Annotated[int | None, typer.Option(min=1, help="Seeds an architecture; more seeds extend a study.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Epochs a run, instead of the study's own.")] = None,
    out: Annotated[Path | None, typer.Option(help="The study's folder.", show_default="runs/<study name>")] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Threads in all.", show_default="all cores")] = None,
    engine: Annotated[str, typer.Option(help=f"What trains: {ENGINES_IN_WORDS}.")] = "native",
    checkpoint_s: Annotated[
        float, typer.Option("--checkpoint-s", min=0, help="Seconds of work between two checkpoints of a run.")
    ] = 10.0,
    figures: Annotated[bool, typer.Option(help="Save the study's figures at the end.")] = True,
    run_figures: Annotated[bool | None, RUN_FIGURES] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Show it in the browser too, as mlpstudy watch does.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON event a line.")] = False,
) -> None:
    """Train every run that the study's folder does not hold yet; then print the comparison tables.

    After Ctrl-C, a kill or a power cut the same command goes on where it was, to the same results.

    Example: mlpstudy run notebook --seeds 5
    """
    from mlpstudy.cli.printing.terminal import console, is_terminal
    from mlpstudy.cli.process.interruption import heeding_signals
    from mlpstudy.cli.process.memory import check_address_space
    from mlpstudy.cli.watch import dashboard_beside
    from mlpstudy.results import StudyResults
    from mlpstudy.running.equipment import Equipment
    from mlpstudy.running.listeners.bars import LiveBars
    from mlpstudy.running.listeners.json_lines import JsonLines
    from mlpstudy.running.listeners.plain_lines import PlainLines
    from mlpstudy.running.stopping import Stop
    from mlpstudy.running.workflow import run_study

    check_address_space()
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
                equipment=Equipment(engine, threads, checkpoint_s),
                listener=listening,
                stop=stop,
            )
        finally:
            bars.close()
        results = StudyResults(folder)
        _print_results(results, as_json=as_json)
        not_drawn = _draw(results, as_json=as_json, run_figures=run_figures) if figures or run_figures else ""
    if n_failed := sum(record.status == "failed" for record in results.runs()):
        console().print(f"{n_failed} failed; run the same command to try again", style="red")
    if not_drawn:
        fail(not_drawn)
    if n_failed:
        raise typer.Exit(ExitCode.FAULT)


def _print_results(results: StudyResults, *, as_json: bool) -> None:
    """Print tables and observations."""
    from mlpstudy.cli.printing.tables import print_results

    if as_json:
        ended = {"event": "study_ended", "folder": str(results.folder), **results_as_json(results)}
        say_json(ended)
    else:
        print_results(results)


def _draw(results: StudyResults, *, as_json: bool, run_figures: bool | None) -> str:
    """Draw the figures and print where they are; return why one could not be drawn, for after all that is printed."""
    from mlpstudy.cli.printing.terminal import console, working

    try:
        with working("drawing the figures") if not as_json else nullcontext():
            saved = results.save_figures(run_figures=run_figures)
    except MlpstudyError as error:
        return str(error)
    if not as_json:
        where = f"{len(saved)} figure files: {results.folder / 'figures'}"
        console().print(f"{where}   the tables again: mlpstudy show {shell(results.folder)}", soft_wrap=True)
    return ""

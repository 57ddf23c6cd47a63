"""The menu of figures: what each shows, and where it is seen. Reading it loads no figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: a file beside this one, of its name, with a function ``figure``.

    Attributes:
        name: how it is called.
        shows: what is seen, in a few words.
        saved_as: the file in a study's folder ``figures`` that it is saved as, without its ending; empty where it
            is not. With ``{architecture}`` it is one of each architecture, with ``{seed}`` too one of each run.
        sections: the sections of the report that show it: files of ``report/sections``.
        method: the method of a study's results that returns it; empty where none does.
    """

    name: str
    shows: str
    saved_as: str = ""
    sections: tuple[str, ...] = ()
    method: str = ""

    @property
    def saved_of(self) -> Literal["study", "architecture", "run"] | None:
        """What one file of it shows; None where it is not saved."""
        if "{seed}" in self.saved_as:
            return "run"
        if "{architecture}" in self.saved_as:
            return "architecture"
        return "study" if self.saved_as else None


FIGURES = (
    Figure(
        "curves_grid",
        "all architectures on the same axes: rows and columns are the levels of two factors, else wrapped",
        "loss-curves",
        ("curves",),
        "curves",
    ),
    Figure(
        "accuracy_dots",
        "the test accuracy of every run, means with intervals, values reported elsewhere",
        "test-accuracy",
        ("comparison",),
    ),
    Figure(
        "violins_grid", "the kernels of all architectures, a row for each", "weight-violins", ("weights",), "violins"
    ),
    Figure(
        "layer_diagnostics",
        "one architecture: what its layers do, six panels, a line a layer",
        "layers/{architecture}",
        ("layers",),
    ),
    Figure(
        "loss_curves",
        "one run: validation loss blue, train red, the lowest validation loss ringed",
        "runs/{architecture}-seed-{seed}-loss",
        method="curves",
    ),
    Figure(
        "weight_violins",
        "one architecture: a violin for every kernel and bias; batch-norm parameters in rows of their own",
        "runs/{architecture}-seed-{seed}-weights",
        method="violins",
    ),
    Figure(
        "curves_overlay",
        "the validation loss of all architectures on one axis; the parameter `isolated` shows one alone",
        sections=("curves",),
    ),
    Figure(
        "forest",
        "differences between architectures, or effects of factors, each with both questions' intervals",
        sections=("verdicts", "factors"),
    ),
    Figure("interaction", "means by the levels of two factors, a line a level", sections=("factors",)),
    Figure("noise_bars", "the spread over seeds beside what finite test data alone would give", sections=("noise",)),
    Figure("confusion", "which classes are taken for which, mean over seeds", sections=("errors",)),
    Figure("reliability", "calibration: the share right against the confidence", sections=("errors",)),
    Figure("cost", "accuracy against parameters, or the time of a run, with the intervals of both", sections=("cost",)),
    Figure("examples_grid", "examples of a data set as images with their labels"),
)
"""Every figure. Those that are saved stand in the order in which they are."""

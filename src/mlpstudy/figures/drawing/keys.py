"""Which colour and which dashes stand for an architecture, the same in every figure of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from mlpstudy.figures.drawing.inputs import Levels
from mlpstudy.figures.drawing.theme import LEVEL_RANGE, N_LEVEL_COLOURS

DASHES = ([1, 0], [7, 3], [2, 3], [8, 3, 2, 3])
SHAPES = ("circle", "square", "triangle-up", "diamond")
N_DASHES = len(DASHES)

COLUMNS = alt.ExprRef("width < 480 ? 2 : 4")
"""Entries of a legend side by side: two where a page is narrow."""

ISOLATED = "isolated"
"""Name of the parameter that shows one architecture alone; empty for all."""


@dataclass(frozen=True, slots=True)
class Key:
    """How the marks of one architecture look: the numbers of its colour and of its dashes, and what they stand for."""

    colour: int
    dash: int
    colour_of: str
    dash_of: str


@dataclass(frozen=True, slots=True)
class Keys:
    """How the marks of all architectures look.

    Attributes:
        by_name: a key an architecture.
        colour_title: the factor that colours stand for; empty where they stand for the architectures.
        dash_title: the factor that dashes stand for; empty where they only tell more architectures apart.
    """

    by_name: dict[str, Key]
    colour_title: str
    dash_title: str


def keys(names: Sequence[str], levels: Sequence[Levels]) -> Keys:
    """Return the keys: of two factors the first is the colour and the second the dashes, where there are enough.

    Otherwise the colours go round, and the dashes change with every round.

    >>> keys(["a-1", "a-2"], [(("x", "a"), ("y", "1")), (("x", "a"), ("y", "2"))]).by_name["a-2"]
    Key(colour=0, dash=1, colour_of='a', dash_of='2')
    >>> keys(["a", "b"], [(("x", "a"),), (("x", "b"),)]).by_name["b"]
    Key(colour=1, dash=0, colour_of='b', dash_of='0')
    """
    factors = [factor for factor, _ in levels[0]] if levels else []
    if len(factors) == 2:  # noqa: PLR2004  # a colour and a dash for each
        first = list(dict.fromkeys(of[0][1] for of in levels))
        second = list(dict.fromkeys(of[1][1] for of in levels))
        if len(first) <= N_LEVEL_COLOURS and len(second) <= N_DASHES:
            found = {
                name: Key(first.index(of[0][1]), second.index(of[1][1]), of[0][1], of[1][1])
                for name, of in zip(names, levels, strict=True)
            }
            return Keys(found, factors[0], factors[1])
    found = {
        name: Key(i % N_LEVEL_COLOURS, i // N_LEVEL_COLOURS % N_DASHES, name, str(i // N_LEVEL_COLOURS % N_DASHES))
        for i, name in enumerate(names)
    }
    return Keys(found, "", "")


def parameter(names: Sequence[str]) -> alt.Parameter:
    """Return the parameter that shows one architecture alone, with a menu where the figure stands by itself."""
    menu = alt.binding_select(options=["", *names], labels=["all", *names], name="show ")
    return alt.param(name=ISOLATED, value="", bind=menu)


def opacity(strong: float, faint: float = 0.04) -> Any:  # noqa: ANN401  # Altair's own union
    """Return the encoding that lets all but the isolated architecture fade."""
    test = f"{ISOLATED} === '' || datum.architecture === {ISOLATED}"
    return alt.condition(test, alt.value(strong), alt.value(faint))


def colour(of: Keys, symbol: str) -> alt.Color:
    """Return the encoding of the colours, with a legend of such symbols where they can be told apart."""
    domain = list(dict.fromkeys(key.colour_of for key in of.by_name.values()))
    legend = _legend(of.colour_title, symbol) if 1 < len(domain) <= N_LEVEL_COLOURS else None
    return alt.Color("colour:N", scale=alt.Scale(domain=domain, range=LEVEL_RANGE), legend=legend)


def dash(of: Keys) -> alt.StrokeDash:
    """Return the encoding of the dashes, with a legend where they stand for a factor's levels."""
    domain = list(dict.fromkeys(key.dash_of for key in of.by_name.values()))
    legend = _legend(of.dash_title, "stroke") if of.dash_title and len(domain) > 1 else None
    scale = alt.Scale(domain=domain, range=[list(d) for d in DASHES[: len(domain)]])
    return alt.StrokeDash("dash:N", scale=scale, legend=legend)


def shape(of: Keys) -> alt.Shape:
    """Return the encoding of the same as shapes of points."""
    domain = list(dict.fromkeys(key.dash_of for key in of.by_name.values()))
    legend = _legend(of.dash_title, "") if of.dash_title and len(domain) > 1 else None
    return alt.Shape("dash:N", scale=alt.Scale(domain=domain, range=list(SHAPES[: len(domain)])), legend=legend)


def fields(of: Keys, name: str) -> dict[str, str]:
    """Return the fields that these encodings read, of one architecture."""
    key = of.by_name[name]
    return {"architecture": name, "colour": key.colour_of, "dash": key.dash_of}


def _legend(title: str, symbol: str) -> alt.Legend:
    """Return a legend above the figure, of the symbols named, or of the encoding's own."""
    return alt.Legend(
        symbolType=symbol or alt.Undefined,
        title=title or None,
        orient="top",
        direction="horizontal",
        titleOrient="left",
        titlePadding=8,
        symbolSize=220,
        symbolStrokeWidth=2.5,
        symbolOpacity=1,
        labelLimit=160,
        columns=COLUMNS,
    )

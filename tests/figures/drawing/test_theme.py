"""The theme: one configuration, legible and distinguishable in light and dark."""

from __future__ import annotations

import itertools

import altair as alt
import numpy as np
import numpy.typing as npt
import pytest

from mlpstudy.figures import DARK, LIGHT, Theme, config, with_theme
from mlpstudy.figures.drawing.wording import BOLD_CHARACTER_WIDTH, CHARACTER_WIDTH, wrapped
from mlpstudy.text.numerals import short
from mlpstudy.text.words import counted

# Machado, Oliveira & Fernandes 2009, severity 1.0, on linear RGB.
DEFICIENCIES = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def _linear(colour: str) -> npt.NDArray[np.float64]:
    """Return linear RGB (IEC 61966-2-1)."""
    v = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def _lab(linear: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return CIE L*a*b* of linear RGB, white D65."""
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    x, y, z = np.cbrt(np.clip(to_xyz @ np.clip(linear, 0, 1), 1e-9, None) / [0.95047, 1.0, 1.08883])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def _contrast(first: str, second: str) -> float:
    """Return the contrast ratio (WCAG 2.2)."""
    low, high = sorted(float(_linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (first, second))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_text_and_marks_stand_out(theme: Theme) -> None:
    """Text has a contrast of 4.5 at least, what is drawn of 3 (WCAG 2.2, 1.4.3 and 1.4.11)."""
    assert _contrast(theme.ink, theme.background) > 7
    assert _contrast(theme.muted, theme.background) > 4.5
    for colour in (theme.validation, theme.train, *theme.levels):
        assert _contrast(colour, theme.background) > 3


@pytest.mark.parametrize("deficiency", [None, *DEFICIENCIES])
@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_colours_are_told_apart_by_everybody(theme: Theme, deficiency: str | None) -> None:
    """Validation and train, and the first four levels, differ by more than 15 in CIE 1976 for every kind of sight."""
    seen = np.eye(3) if deficiency is None else np.array(DEFICIENCIES[deficiency])
    pairs = [(theme.validation, theme.train), *itertools.combinations(theme.levels[:4], 2)]
    for first, second in pairs:
        assert np.linalg.norm(_lab(seen @ _linear(first)) - _lab(seen @ _linear(second))) > 15, (first, second)


def test_both_themes_have_the_same_roles() -> None:
    """Light and dark configure the same styles and ranges, so that a chart can change between them."""
    light, dark = config(LIGHT), config(DARK)
    assert light.keys() == dark.keys()
    assert {k: v.keys() for k, v in light["style"].items()} == {k: v.keys() for k, v in dark["style"].items()}
    assert len(light["range"]["category"]) == len(dark["range"]["category"])
    assert light["background"] != dark["background"]


def test_theme_changes_a_copy() -> None:
    """The chart that is themed stays as it was."""
    chart = alt.Chart(alt.InlineData(values=[{"x": 1}])).mark_point().encode(x="x:Q")
    before = chart.to_dict()
    themed = with_theme(chart, DARK).to_dict()
    assert themed["config"]["background"] == DARK.background
    assert chart.to_dict() == before


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_configuration_is_valid(theme: Theme) -> None:
    """Vega-Lite's schema accepts the configuration."""
    chart = alt.Chart(alt.InlineData(values=[{"x": 1}])).mark_point().encode(x="x:Q")
    assert with_theme(chart, theme).to_dict(validate=True)["config"]["font"].startswith("Liberation Sans")


@pytest.mark.parametrize("bold", [False, True])
def test_wrapping_keeps_every_character_and_the_width(bold: bool) -> None:
    """Lines join to the text again, and none is wider than asked, also where one word is."""
    text = "batch-normalisation-dropout-5, seed 12: a sentence of several words"
    share = BOLD_CHARACTER_WIDTH if bold else CHARACTER_WIDTH
    lines = wrapped(text, 200, 12, bold=bold)
    assert len(lines) > 1
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(len(line) * share * 12 <= 200 for line in lines)
    word = wrapped("w" * 100, 50, 12, bold=bold)
    assert "".join(word) == "w" * 100
    assert all(len(line) * share * 12 <= 50 for line in word)


def test_numbers_and_nouns_are_written_for_readers() -> None:
    """Three digits, a true minus sign, short exponents, and plurals."""
    assert [short(v) for v in (-0.00123456, 1e-9, 12345.0)] == ["\N{MINUS SIGN}0.00123", "1e\N{MINUS SIGN}9", "1.23e4"]
    assert (counted(1, "run"), counted(0, "run")) == ("1 run", "0 runs")

"""The colours of a page as CSS variables, the same as the figures' themes."""

from __future__ import annotations

from mlpstudy.figures import DARK, LIGHT, Theme
from mlpstudy.page.environment import asset

EXTRA = {
    "light": {"panel": "#f6f8fa", "line": "#d0d7de", "link": "#0057a3", "good": "#0b6b4f", "warn": "#8a5300"},
    "dark": {"panel": "#161b22", "line": "#30363d", "link": "#6cb6ff", "good": "#4fdcae", "warn": "#f0b95a"},
}
"""Colours that a page has and a figure does not; text in them has a contrast of 4.5 : 1 or more."""


def variables(theme: Theme) -> str:
    """Return the declarations of a theme's variables.

    >>> variables(LIGHT).split(";")[:2]
    ['--page:#ffffff', '--ink:#1f2328']
    """
    values = {
        "page": theme.background,
        "ink": theme.ink,
        "muted": theme.muted,
        "grid": theme.grid,
        "validation": theme.validation,
        "train": theme.train,
        "fill": theme.fill,
        **{f"level-{i}": colour for i, colour in enumerate(theme.levels)},
        **EXTRA[theme.name],
    }
    return ";".join([*(f"--{name}:{value}" for name, value in values.items()), f"color-scheme:{theme.name}"])


def page_style() -> str:
    """Return the style sheet of every page: light, dark (by the system or ``data-theme``), and light on paper."""
    light, dark = variables(LIGHT), variables(DARK)
    themes = (
        f":root{{{light}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\n"
        f":root[data-theme=dark]{{{dark}}}\n"
        f"@media print{{:root,:root[data-theme=dark],:root:not([data-theme=light]){{{light}}}}}\n"
    )
    return themes + asset("mlpstudy.page", "page.css")

"""Names and sentences as figures write them."""

from __future__ import annotations

from typing import Any

from mlpstudy.text.escaping import printable

CHARACTER_WIDTH, BOLD_CHARACTER_WIDTH = 0.51, 0.57
"""Mean width of a character in names and sentences, as a share of the font size (measured in Liberation Sans)."""

EXPRESSIONS = frozenset({"calculate", "expr", "filter", "labelExpr", "test"})
"""Where a specification holds expressions: ours, in which names stand as JSON."""


def drawable(text: str) -> str:
    r"""Return a name as a chart holds it: nothing hidden in it, which has no place in XML, and no backslash.

    Vega-Lite writes titles into expressions without escaping backslashes: after one, the next quotation mark would
    end the text, and what follows be computed.

    >>> drawable("a\x1bb") == "a\N{SET MINUS}x1bb"
    True
    """
    return printable(text, keep="\n").replace("\\", "\N{SET MINUS}")


def drawable_values(value: Any) -> Any:  # noqa: ANN401  # plain JSON values
    r"""Return a specification with every text in it as charts hold it, but for its expressions.

    >>> drawable_values({"title": ["a\x00", 1], "filter": "true"}) == {"title": [drawable("a\0"), 1], "filter": "true"}
    True
    """
    if isinstance(value, str):
        return drawable(value)
    if isinstance(value, dict):
        return {drawable(k): part if k in EXPRESSIONS else drawable_values(part) for k, part in value.items()}
    return [drawable_values(part) for part in value] if isinstance(value, list) else value


def wrapped(text: str, width: float, font_size: float, *, bold: bool = False) -> list[str]:
    """Return a text in lines that fit a width, broken after spaces and hyphens, and within what fits no line.

    Args:
        text: the text.
        width: of a line, in pixels.
        font_size: in pixels.
        bold: whether it is set in bold.

    >>> wrapped("batchnorm-dropout-5, seed 0", 110, 16)
    ['batchnorm-', 'dropout-5,', 'seed 0']
    >>> wrapped("regularisation", 80, 16)
    ['regularis', 'ation']
    """
    n_fit = max(int(width / ((BOLD_CHARACTER_WIDTH if bold else CHARACTER_WIDTH) * font_size)), 4)
    lines = [""]
    pieces = [part[at : at + n_fit] for part in _parts(text) for at in range(0, len(part), n_fit)]
    for part in pieces:
        if lines[-1] and len(lines[-1]) + len(part.rstrip()) > n_fit:
            lines.append("")
        lines[-1] += part
    return [line.strip() for line in lines]


def elided(text: str, n_fit: int) -> str:
    """Return a text of so many characters at most: its beginning and its end, where names differ.

    >>> elided("batchnorm-dropout-5", 11), elided("plain-5", 11)
    ('batch\N{HORIZONTAL ELLIPSIS}out-5', 'plain-5')
    """
    if len(text) <= n_fit:
        return text
    n_end = (n_fit - 1) // 2
    return f"{text[: n_fit - 1 - n_end]}\N{HORIZONTAL ELLIPSIS}{text[-n_end:]}"


def _parts(text: str) -> list[str]:
    """Return the pieces of a text between which a line may end."""
    parts, start = [], 0
    for i, character in enumerate(text):
        if character in " -_":
            parts.append(text[start : i + 1])
            start = i + 1
    return [*parts, text[start:]]

"""What pages are made of: frozen, typed, text only; ``blocks.html`` draws them and escapes every string."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; ``kind`` is how it is set: ``lead`` opens a page, ``note`` warns, ``info`` does not."""

    text: str
    kind: Literal["plain", "lead", "note", "info", "muted"] = "plain"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table.

    Attributes:
        text: what it says.
        more: a second line, smaller.
        sort: what it is sorted by, where that is not its text.
        kind: ``verdict`` draws a mark before it, by the word in lower case.
    """

    text: str
    more: str = ""
    sort: float | str | None = None
    kind: Literal["plain", "verdict"] = "plain"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, where its text stands, whether its lines may break."""

    heading: str
    right: bool = False
    long: bool = False
    keep: bool = False

    @property
    def classes(self) -> str:
        """The classes of its cells in the style sheet."""
        return " ".join(name for name in ("right", "long", "keep") if getattr(self, name))


@dataclass(frozen=True, slots=True)
class Table:
    """A table that can be sorted and copied; the first cell of a row is its heading.

    Attributes:
        caption: what it shows, with the units.
        columns: its columns.
        rows: its rows, a cell a column.
        note: under the caption, smaller.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Swatch:
    """How the lines of an architecture look: the number of its colour and of its dashes."""

    name: str
    colour: int
    dash: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """A chart. Its title stands above it as text of the page, and in its saved files.

    Attributes:
        id: of the chart in this page; also the name of its saved files.
        spec: its specification, made by :func:`mlpstudy.page.page_spec`.
        alt: what it shows, in words, for those who cannot see it.
        caption: under it.
        fluid: whether it is as wide as the page has room for; else it scrolls where the page is narrower.
        room: pixels beside the plot that axes and notes need, of a fluid chart.
        legend: the architectures that can be shown alone.
    """

    id: str
    spec: dict[str, Any]
    alt: str
    caption: str = ""
    fluid: bool = False
    room: int = 0
    legend: tuple[Swatch, ...] = ()

    @property
    def title(self) -> str:
        """The title in the specification, on one line; empty where there is none."""
        return _joined(self._heading().get("text", ""))

    @property
    def subtitle(self) -> str:
        """The subtitle in the specification, on one line."""
        return _joined(self._heading().get("subtitle", ""))

    def _heading(self) -> dict[str, Any]:
        heading = self.spec.get("title", {})
        return heading if isinstance(heading, dict) else {"text": heading}


def _joined(text: str | list[str]) -> str:
    """Return text that a figure broke into lines as one line; names were broken after their hyphens."""
    lines = [text] if isinstance(text, str) else text
    joined = ""
    for line in lines:
        joined += line if not joined or joined.endswith(("-", "_")) else f" {line}"
    return joined


@dataclass(frozen=True, slots=True)
class Picture:
    """An example that is an image, with what is said of it: the address of its data, a title, lines below."""

    url: str
    alt: str
    said: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pictures:
    """Images side by side; wide where much is said of each."""

    pictures: tuple[Picture, ...]
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Terms and what is to be said of each."""

    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sentences:
    """A list of names, each with a sentence."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Text in a fixed-width font, as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Details:
    """Blocks that are opened by a click, under a summary; closed on paper too."""

    summary: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Include:
    """A template of the page's own."""

    template: str
    values: dict[str, Any] = field(default_factory=dict)


Block = Text | Table | Chart | Pictures | Facts | Sentences | Code | Heading | Details | Include


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page, with a heading and an address."""

    id: str
    title: str
    blocks: tuple[Block, ...]


def kind_of(block: Block) -> str:
    """Return the name of a block's type, by which the template draws it.

    >>> kind_of(Code("x"))
    'Code'
    """
    return type(block).__name__


def charts_of(sections: tuple[Section, ...]) -> dict[str, dict[str, Any]]:
    """Return the specifications of all charts by id, for ``Document.data["charts"]``."""

    def walk(blocks: tuple[Block, ...]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for block in blocks:
            if isinstance(block, Chart):
                found[block.id] = block.spec
            elif isinstance(block, Details):
                found |= walk(block.blocks)
        return found

    return {name: spec for section in sections for name, spec in walk(section.blocks).items()}

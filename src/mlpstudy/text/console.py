"""Rich's console, made safe: text from files stays text, whatever a name holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.segment import Segment

from mlpstudy.text.escaping import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import ConsoleOptions, RenderableType
    from rich.text import Text


class SafeConsole(Console):
    """Rich's console without markup and emoji codes: styles come from ``Text`` objects alone."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  # Rich's own
        super().__init__(markup=False, emoji=False, highlight=False, **options)

    def render_str(self, text: str, *args: Any, **options: Any) -> Text:  # noqa: ANN401  # Rich's own
        """Turn a string into text; here, so that the width of what is escaped is measured right."""
        return super().render_str(printable(text, keep="\n"), *args, **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """Yield what is printed; also what came as a ``Text``."""
        for segment in super().render(renderable, options):
            if segment.control or segment.text.isprintable():
                yield segment
            else:
                yield Segment(printable(segment.text, keep="\n"), segment.style)

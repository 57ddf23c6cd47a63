"""A page as one HTML document that holds all it needs, with the policy that allows nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from mlpstudy.page.charts import chart_config
from mlpstudy.page.embedding import deflated, inline_json, inline_script, inline_style, source_hash
from mlpstudy.page.environment import asset
from mlpstudy.page.style import page_style
from mlpstudy.page.vega import vega_bundle
from mlpstudy.text.escaping import printable_values

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

SCRIPTS = ("page.js", "charts.js", "tables.js")


@dataclass(frozen=True)
class Document:
    """What a page holds besides its text.

    Attributes:
        title: of the window.
        scripts: JavaScript, run in this order at the end of the body.
        styles: style sheets after the page's own.
        data: values for scripts by id: plain JSON values.
        binary: bytes for scripts by id.
    """

    title: str
    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    data: Mapping[str, object] = field(default_factory=dict)
    binary: Mapping[str, bytes] = field(default_factory=dict)

    @cached_property
    def inline_scripts(self) -> tuple[Markup, ...]:
        """The scripts as they stand in the page."""
        return tuple(inline_script(text) for text in self.scripts)

    @cached_property
    def inline_styles(self) -> tuple[Markup, ...]:
        """The style sheets as they stand in the page."""
        return tuple(inline_style(text) for text in (page_style(), *self.styles))

    @cached_property
    def values(self) -> Mapping[str, Markup]:
        """Data as they stand in the page, by id: plain, since browsers inflate later than somebody may print."""
        values = {"chart-config": chart_config(), **self.data}
        return {name: inline_json(printable_values(value)) for name, value in values.items()}

    @cached_property
    def packed(self) -> Mapping[str, Markup]:
        """Bytes as they stand in the page, by id."""
        return {name: deflated(content) for name, content in self.binary.items()}


def page_scripts() -> tuple[str, ...]:
    """Return the scripts that every page with charts and tables begins with."""
    return (vega_bundle(), *(asset("mlpstudy.page", name) for name in SCRIPTS))


def content_policy(document: Document) -> str:
    """Return the content-security-policy of a document: its own scripts and styles by their hashes, nothing else.

    Images may be ``data:`` (examples) and ``blob:`` (charts on their way into a file).

    Source: W3C Content Security Policy Level 3.

    >>> content_policy(Document("empty")).split("; ")[0]
    "default-src 'none'"
    """
    scripts = " ".join(source_hash(str(text)) for text in document.inline_scripts) or "'none'"
    styles = " ".join(source_hash(str(text)) for text in document.inline_styles)
    parts = {
        "default-src": "'none'",
        "script-src": scripts,
        "style-src": styles,
        "img-src": "data: blob:",
        "connect-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def render(env: Environment, template: str, document: Document, **names: object) -> str:
    """Return the HTML of a page.

    Args:
        env: made by :func:`mlpstudy.page.environment`.
        template: name of a template that extends ``base.html``.
        document: what the page holds.
        names: what the template uses besides ``document`` and ``policy``.
    """
    return env.get_template(template).render(document=document, policy=content_policy(document), **names)

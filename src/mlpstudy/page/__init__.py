"""What the report and the dashboard share: templates and their safety, style; and a page that holds itself.

Such a page, the report, is a Jinja2 template that extends ``base.html``, drawn by :func:`render`::

    from mlpstudy.page import Document, asset, environment, page_scripts, render

    env = environment("mlpstudy.report")  # templates of page/ and of report/templates
    document = Document(title="notebook", scripts=(*page_scripts(), asset("mlpstudy.report", "draw.js")))
    html = render(env, "report.html", document, study=...)  # further names are the template's own

The dashboard's pages are served in parts, under a policy of their own; they have ``page.js`` and the style.

What a template gets (``base.html`` has the blocks ``header``, ``main`` and ``footer``):

- every value is escaped; an undefined name is an error; ``blocks.html`` has the macro ``block(b)`` that draws any of
  the blocks in :mod:`mlpstudy.page.blocks` (paragraphs, tables, charts, pictures, definitions, code, details).
- JSON for scripts goes in through ``Document.data`` (id -> value; plain, so that it is there at once), bytes
  through ``Document.binary`` (deflated, so that megabytes are small).

In the browser (``page_scripts()``), all under ``window.mlpstudy``:

- ``data(id)``: promise of the JSON value with that id in ``Document.data``; ``bytes(id)`` of ``Document.binary``.
- ``draw(element, spec, options)``: promise of a drawn chart; calling it again on the element replaces the chart.
  ``spec`` is a Vega-Lite specification without ``config``; options: ``fluid`` (take the element's width), ``name``
  (of downloaded files), ``untitled`` (the page says the title). Colours are CSS variables, so that light, dark and
  print need no drawing anew. ``save(element, "svg" | "png")`` downloads it. Elements with
  ``data-chart="id"`` are drawn by themselves from ``Document.data["charts"][id]``.
- ``isolate(name)``: show one architecture alone in every chart whose spec has the parameter ``isolated``; "" for all.
- ``sortable(table)``, ``copyable(table)``: done to every ``table.data`` at the start; call them on later ones.
- ``<html data-theme>``: "light", "dark" or none (as the system); the button ``#theme`` of ``base.html`` switches it.

Content-security-policy: scripts and styles by their hashes, nothing from anywhere else, no ``eval`` (Vega runs its
expressions by its interpreter), no inline event handlers and no ``style`` attributes in templates: set classes, or
``element.style`` from a script.
"""

from __future__ import annotations

from mlpstudy.page.charts import page_spec
from mlpstudy.page.document import Document, page_scripts, render
from mlpstudy.page.environment import asset, environment

__all__ = [
    "Document",
    "asset",
    "environment",
    "page_scripts",
    "page_spec",
    "render",
]

"""The Jinja2 environment of every page: all values escaped, nothing undefined."""

from __future__ import annotations

from importlib.resources import files

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from mlpstudy.page.blocks import kind_of
from mlpstudy.text.escaping import printable


def environment(package: str | None = None) -> Environment:
    """Return an environment that finds the templates of this package, and of another one before them.

    Every value is escaped where it stands in a page; a name that a template uses and nobody gave is an error.

    Args:
        package: name of a package with a folder ``templates``.

    >>> environment().from_string("<p>{{ name }}</p>").render(name="<script>")
    '<p>&lt;script&gt;</p>'
    """
    packages = [name for name in (package, "mlpstudy.page") if name is not None]
    made = Environment(
        loader=ChoiceLoader([PackageLoader(name) for name in packages]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["kind_of"] = kind_of
    return made


def _printable(value: object) -> object:
    """Return a value as it is shown: hidden characters of a text as their escapes; what is HTML already as it is."""
    return printable(value, keep="\n\t") if isinstance(value, str) and not isinstance(value, Markup) else value


def asset(package: str, name: str) -> str:
    """Return the text of a file in a package's folder ``assets``.

    >>> asset("mlpstudy.page", "tables.js").startswith("//")
    True
    """
    return files(package).joinpath("assets", name).read_text(encoding="utf-8")

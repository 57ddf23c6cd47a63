"""The JavaScript of Vega, Vega-Lite and vega-embed, from the package that draws files: no network, no copy here."""

from __future__ import annotations

from functools import cache

SNIPPET = "window.vegaEmbed = vegaEmbed;"


@cache
def vega_bundle() -> str:
    """Return one script that defines ``vegaEmbed``, with everything that it needs (about 0.9 MB).

    It includes Vega's expression interpreter, with which charts are drawn without ``eval``. Making it takes a
    second, so it is kept.
    """
    import vl_convert  # noqa: PLC0415  # 80 MB that only pages need

    return str(vl_convert.javascript_bundle(SNIPPET))

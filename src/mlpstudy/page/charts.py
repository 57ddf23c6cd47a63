"""Charts in pages: specifications without colours, and the configuration whose colours are CSS variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlpstudy.figures import DARK, LIGHT, Theme, config, specification

if TYPE_CHECKING:
    import altair as alt

PAGE = Theme(
    name="light",
    background="transparent",
    ink="var(--ink)",
    muted="var(--muted)",
    grid="var(--grid)",
    validation="var(--validation)",
    train="var(--train)",
    fill="var(--fill)",
    dot_opacity=0.75,
    levels=tuple(f"var(--level-{i})" for i in range(len(LIGHT.levels))),
)
"""The theme whose colours a page decides: drawn once, right in light, in dark and on paper."""


def chart_config() -> dict[str, Any]:
    """Return the configurations that ``mlpstudy.draw`` needs: of the page, and of files saved light and dark.

    >>> chart_config()["page"]["title"]["color"]
    'var(--ink)'
    """
    # The page describes each chart in words; thousands of marks that name themselves would drown them.
    return {
        "page": {**config(PAGE), "aria": False, "padding": 4},
        "light": config(LIGHT),
        "dark": config(DARK),
    }


def page_spec(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """Return a chart as the Vega-Lite specification that ``mlpstudy.draw`` takes: no configuration, its data once."""
    spec = specification(chart)
    spec.pop("config", None)
    # A chart names its data: Altair writes them again into every layer that draws them.
    datasets: dict[str, Any] = spec.pop("datasets", {})
    lean: dict[str, Any] = _without_data(spec, datasets)
    return {**lean, "datasets": datasets} if datasets else lean


def _without_data(part: Any, datasets: dict[str, Any]) -> Any:  # noqa: ANN401  # a part of a specification
    """Return a part of a specification with its named data put into the data sets."""
    if isinstance(part, list):
        return [_without_data(one, datasets) for one in part]
    if not isinstance(part, dict):
        return part
    lean = {key: _without_data(value, datasets) for key, value in part.items() if key != "data"}
    if "data" in part:
        data = part["data"]
        if isinstance(data, dict) and data.keys() == {"name", "values"}:
            datasets[data["name"]] = data["values"]
            data = {"name": data["name"]}
        lean["data"] = data
    return lean

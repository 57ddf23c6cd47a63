"""A study as the text of a study file: the TOML that makes the same study again."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_BARE = re.compile(r"^[A-Za-z0-9_-]+$")


def toml_text(fields: Mapping[str, Any]) -> str:
    """Return plain JSON-compatible fields as TOML; null values, which TOML lacks, are left out.

    >>> print(toml_text({"name": "a", "seeds": 2, "data": {"name": "mnist"}, "network": {"hidden": [4]}}))
    name = "a"
    seeds = 2
    <BLANKLINE>
    [data]
    name = "mnist"
    <BLANKLINE>
    [network]
    hidden = [4]

    Source: TOML 1.0.0 (toml.io).
    """
    return "\n".join(_table(fields, ())).strip()


def _table(fields: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    """Return the lines of a table: its values first, then the tables in it."""
    values = {k: v for k, v in fields.items() if v is not None and not _is_table(v, path)}
    lines = [f"{_key(k)} = {_value(v)}" for k, v in values.items()]
    if path and (lines or not fields):
        lines = ["", f"[{'.'.join(_key(part) for part in path)}]", *lines]
    for k, v in fields.items():
        if _is_table(v, path):
            lines += _table(v, (*path, k))
    return lines


def _is_table(value: object, path: tuple[str, ...]) -> bool:
    """Say whether a value gets a heading of its own: up to the levels of factors; what is deeper stands in a line."""
    return isinstance(value, Mapping) and len(path) < 3  # noqa: PLR2004  # factors.NAME.LEVEL


def _key(key: str) -> str:
    return key if _BARE.match(key) else _text(key)


def _text(text: str) -> str:
    # JSON's strings are TOML's basic strings, but for DEL, which TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Any) -> str:  # noqa: ANN401  # JSON
    """Return a value on one line."""
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items() if v is not None)
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(v) for v in value)}]"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)

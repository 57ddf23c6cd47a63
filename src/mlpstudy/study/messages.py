"""One clear line for what is wrong with a study: the path, what must be, what was found, the nearest key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlpstudy.errors import must, nearest
from mlpstudy.study.keys import not_supported, other_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pydantic import ValidationError

_TYPES = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "a text in quotes",
    "tuple_type": "an array such as [256, 64]",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "finite_number": "a finite number",
}
_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "above"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "below"),
}
MANY = 50
"""From so many values on, only their number is shown."""
NEAR = 0.6
"""How alike a key must be to one that is known, for that to be proposed."""
UNION_PARTS = frozenset({"float", "int", "str", "tuple", "constrained-float", "constrained-int"})


def dotted(path: Iterable[str | int]) -> str:
    """Write a path as a study file's reader sees it.

    >>> dotted(["factors", "depth", "2", "hidden", 0])
    'factors.depth.2.hidden[0]'
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def unknown_key(path: Sequence[str | int], valid: Iterable[str], homes: Mapping[str, str] | None = None) -> str:
    """Return the line for a key that nothing knows.

    Args:
        path: where the key stands, itself at the end.
        valid: the keys that are known there.
        homes: for the keys of other tables, which table they belong to.
    """
    key, where = str(path[-1]), dotted(path[:-1]) or "the study"
    return must(f"a key of {where}", "be known", key, _key_fix(key, sorted(valid), homes or {}))


def _key_fix(key: str, valid: list[str], homes: Mapping[str, str]) -> str:
    """Say what to write instead: a spelling that is near is a guess, so what is known of the key comes first."""
    name = other_name(key) or key
    if name in valid:
        return f'write "{name}"'
    if name in homes:
        return f'write "{name}" in {homes[name]}'
    if unsupported := not_supported(key):
        return f"remove it: {unsupported}"
    near = nearest(key, valid, cutoff=NEAR)
    return f'write "{near}"' if near else f"remove it; known keys: {', '.join(valid)}"


def _requirement(error: Mapping[str, Any]) -> str:  # noqa: PLR0911  # a table of cases, a line each
    """Say in words what a value must be."""
    kind = error["type"]
    context = error.get("ctx", {})
    if kind in _TYPES:
        return f"be {_TYPES[kind]}"
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        return f"be {words} {context[key]}"
    if kind == "literal_error":
        return f"be {context['expected']}"
    if kind == "too_long":
        return f"have at most {context['max_length']} values"
    if kind == "too_short":
        return f"have at least {context['min_length']} value"
    if kind == "string_too_short":
        return "not be empty"
    if kind == "value_error":
        return f"be {context['error']}"
    if kind == "string_pattern_mismatch":
        return "be letters, digits, '.', '_' and '-', at most 100 and starting with a letter or digit"
    return str(error["msg"]).removeprefix("Input should ")


def one_line(
    error: ValidationError,
    valid_keys: Mapping[str, Iterable[str]],
    prefix: Sequence[str | int] = (),
    homes: Mapping[str, str] | None = None,
) -> str:
    """Return the line for what is wrong: an unknown key before all else, since it explains a missing one.

    Args:
        error: what pydantic found.
        valid_keys: the keys that are valid in a table, by the table's dotted path without indices.
        prefix: path of the object that was validated.
        homes: which table a key belongs to that stands in another.
    """
    errors = error.errors(include_url=False)
    first = next((e for e in errors if e["type"] == "extra_forbidden"), errors[0])
    path = [*prefix, *(part for part in first["loc"] if not str(part).startswith(("literal[", "function-")))]
    path = [part for part in path if part not in UNION_PARTS]
    if first["type"] == "extra_forbidden":
        where = ".".join(str(part) for part in path[:-1] if not isinstance(part, int))
        valid = valid_keys.get(where) or valid_keys.get(where.split(".", maxsplit=1)[0], ())
        return unknown_key(path, valid, homes)
    if first["type"] == "missing":
        return must(dotted(path), "be given", "nothing", f"add {path[-1]} = ...")
    return must(dotted(path) or "the study", _requirement(first), _found(first["input"]))


def _found(value: object) -> object:
    """Return what was found as it is shown: of very many values, how many."""
    is_long = isinstance(value, list | tuple | dict) and len(value) > MANY
    return f"{len(value)} values" if is_long and isinstance(value, list | tuple | dict) else value

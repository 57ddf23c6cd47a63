"""The base of every object of a study: frozen, strict about unknown keys, hashed by content."""

from __future__ import annotations

import hashlib
import json
from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A frozen model that refuses keys it does not know and values of another type.

    Attributes:
        FIRST_KEYS: the keys of the first version: part of every identity, also where they have their defaults.
    """

    FIRST_KEYS: ClassVar[tuple[str, ...]] = ()

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def content_of(model: Frozen, *, without: tuple[str, ...] = ()) -> dict[str, object]:
    """Return the part of an object that identity is made of: plain values of its keys, those of objects in it as well.

    A key that came after the first version is left out where it has its default, so that it renames no run and no
    study of an earlier version. The default of such a key can therefore never change.

    >>> class Tea(Frozen):
    ...     FIRST_KEYS = ("sugar",)
    ...     sugar: int = 0
    ...     milk: bool = False
    >>> content_of(Tea()), content_of(Tea(milk=True))
    ({'sugar': 0}, {'sugar': 0, 'milk': True})
    """
    plain = model.model_dump(mode="json", exclude=set(without))
    parts = {key: part for key in plain if isinstance(part := getattr(model, key), Frozen)}
    return {
        key: content_of(parts[key]) if key in parts else value
        for key, value in plain.items()
        if key in model.FIRST_KEYS or not _has_default(model, key)
    }


def _has_default(model: Frozen, key: str) -> bool:
    field = type(model).model_fields[key]
    default: object = field.get_default(call_default_factory=True, validated_data=model.__dict__)
    return bool(getattr(model, key) == default)


def content_hash(content: object) -> str:
    """Return the SHA-256 of the canonical JSON of plain content, as 64 hexadecimal digits.

    Keys are sorted, floats written with their shortest exact form.

    >>> content_hash({"b": 1, "a": 0.1}) == content_hash({"a": 0.1, "b": 1})
    True
    """
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()

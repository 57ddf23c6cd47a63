"""The base of every object of a study: frozen, strict about unknown keys, hashed by content."""

from __future__ import annotations

import hashlib
import json

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A frozen model that refuses keys it does not know and values of another type."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def content_hash(content: object) -> str:
    """Return the SHA-256 of the canonical JSON of plain content, as 64 hexadecimal digits.

    Keys are sorted, floats written with their shortest exact form.

    >>> content_hash({"b": 1, "a": 0.1}) == content_hash({"a": 0.1, "b": 1})
    True
    """
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()

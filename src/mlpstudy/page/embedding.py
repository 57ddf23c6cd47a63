"""Putting scripts, JSON and bytes into HTML so that nothing of them can end the element that they stand in."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib

from markupsafe import Markup

from mlpstudy.errors import ResultsError, must

_OPENS = re.compile(r"<(?=/script|!--|script)", re.IGNORECASE)

UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
"""Characters that JSON may hold but a script element must not, and their JSON escapes."""


def json_text(value: object) -> str:
    r"""Return a value as compact JSON that is safe inside any HTML element and inside JavaScript.

    >>> json_text({"name": "</script><!--"})
    '{"name":"\\u003c/script\\u003e\\u003c!--"}'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return "".join(UNSAFE.get(character, character) for character in text) if _needs(text) else text


def _needs(text: str) -> bool:
    return any(character in text for character in UNSAFE)


def deflated(content: bytes) -> Markup:
    """Return bytes as base64 of their raw deflate stream (RFC 1951), for ``DecompressionStream("deflate-raw")``.

    >>> str(deflated(b"aaaa"))
    'S0xMTAQA'
    """
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)  # 9 takes three times as long for a hundredth of the bytes
    return Markup(base64.b64encode(packer.compress(content) + packer.flush()).decode("ascii"))  # noqa: S704  # base64


def inline_json(value: object) -> Markup:
    r"""Return a value as JSON as it stands inside ``<script type="application/json">``.

    >>> str(inline_json(["</script>"]))
    '["\\u003c/script\\u003e"]'
    """
    return Markup(json_text(value))  # noqa: S704  # escaped for JSON, in which no markup is left


def inline_script(text: str) -> Markup:
    r"""Return a script of ours as it stands inside ``<script>``: no text in it can end the element.

    >>> str(inline_script("s = '</script>'"))
    "s = '\\x3c/script>'"
    """
    # HTML reads CR as LF: the hash in the policy is of what HTML reads.
    return Markup(_OPENS.sub(r"\\x3c", text.replace("\r\n", "\n").replace("\r", "\n")))  # noqa: S704  # made safe


def inline_style(text: str) -> Markup:
    """Return a style sheet of ours as it stands inside ``<style>``.

    Raises:
        ResultsError: it would end the element.
    """
    if "</" in text:
        raise ResultsError(must("a style sheet", "hold no end tag", "</"))
    return Markup(text.replace("\r\n", "\n").replace("\r", "\n"))  # noqa: S704  # made safe


def source_hash(text: str) -> str:
    """Return the source of a content-security-policy that allows exactly this script or style (CSP 3, section 2.3.1).

    >>> source_hash("")
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}'"

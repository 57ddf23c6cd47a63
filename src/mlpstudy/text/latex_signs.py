r"""Signs beyond ASCII in LaTeX, so that a table compiles with pdfLaTeX whatever a name holds, in OT1 as in T1.

pdfLaTeX knows the letters of ``KNOWN`` as they are; Greek and a few signs of mathematics have commands. Any other sign
ends its run with an error, where XeLaTeX and LuaLaTeX print it from a font that has it: such a sign is written for
these, and as its number for pdfLaTeX, which has those of ``ONLY_T1`` in fonts of another encoding.
"""

from __future__ import annotations

import re
import unicodedata

_LOWER = [
    "alpha", "beta", "gamma", "delta", "varepsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu",
    "xi", "o", "pi", "rho", "varsigma", "sigma", "tau", "upsilon", "varphi", "chi", "psi", "omega",
]  # fmt: skip
_UPPER = {
    "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi",
    "Ω": "Omega", "ϕ": "phi", "ϵ": "epsilon",
}  # fmt: skip
_MATHEMATICS = {
    "\N{MINUS SIGN}": "-", "∂": r"\partial", "∇": r"\nabla", "∈": r"\in", "∑": r"\sum", "√": r"\surd", "∞": r"\infty",
    "≈": r"\approx", "≠": r"\neq", "≤": r"\leq", "≥": r"\geq", "≪": r"\ll", "≫": r"\gg", "∝": r"\propto", "⋅": r"\cdot",
    "\N{SCRIPT SMALL L}": r"\ell", "⊕": r"\oplus", "⊗": r"\otimes", "∘": r"\circ", "⇒": r"\Rightarrow",
    "⇔": r"\Leftrightarrow", "↔": r"\leftrightarrow", "∅": r"\emptyset",
}  # fmt: skip
COMMANDS = (
    {chr(0x3B1 + i): "o" if name == "o" else rf"$\{name}$" for i, name in enumerate(_LOWER)}
    | {letter: rf"$\{name}$" for letter, name in _UPPER.items()}
    | {sign: f"${name}$" for sign, name in _MATHEMATICS.items()}
)
"""Signs and what LaTeX writes them with."""

KNOWN = (
    "\u00a0-\u00aa\u00ac\u00ae-\u00ba\u00bc-\u00cf\u00d1-\u00dd\u00df-\u00ef\u00f1-\u00fd\u00ff-\u0103\u0106-\u010f"
    "\u0112-\u0117\u011a-\u0125\u0128-\u012d\u0130-\u0137\u0139-\u013e\u0141-\u0148\u014c-\u0165\u0168-\u0171"
    "\u0174-\u017e\u0192\u01c4-\u01d4\u01e2\u01e3\u01e6-\u01e9\u01f0\u01f4\u01f5\u0218-\u021b\u0232\u0233"
    "\u2010-\u2015\u2018\u2019\u201c\u201d\u2020-\u2022\u2026\u2030\u2031\u203b\u20a1\u20a4\u20a6\u20a9\u20ab\u20ac"
    "\u2103\u2116\u2117\u211e\u2120\u2122\u2190-\u2193"
)
"""What pdfLaTeX of 2020 and later takes as it is, in OT1 and in T1; tried one by one."""

ONLY_T1 = "«»ÐÞðþĄąĐđĘęĮįŊŋŲųǪǫ\u201a\u201e\u2039\u203a"

_WRITTEN = "".join(COMMANDS)
_BEYOND = re.compile(rf"([{_WRITTEN}])|([{ONLY_T1}]+)|[^\x00-\x7f{KNOWN}{_WRITTEN}{ONLY_T1}]+")


def beyond_ascii(text: str) -> str:
    r"""Return text whose signs beyond ASCII compile with every LaTeX.

    >>> beyond_ascii("größe, λ = 1"), beyond_ascii("模")
    ('größe, $\\lambda$ = 1', '\\ifdefined\\Umathcode 模\\else U+6A21\\fi{}')
    """
    return text if text.isascii() else _BEYOND.sub(_written, unicodedata.normalize("NFC", text))


def _written(found: re.Match[str]) -> str:
    run = found[0]
    if found[1]:
        return COMMANDS[run]
    numbers = " ".join(f"U+{ord(sign):04X}" for sign in run)
    other = rf"{{\fontencoding{{T1}}\selectfont {run}}}" if found[2] else f" {numbers}"
    # XeLaTeX and LuaLaTeX have that primitive, pdfLaTeX has not.
    return rf"\ifdefined\Umathcode {run}\else{other}\fi{{}}"

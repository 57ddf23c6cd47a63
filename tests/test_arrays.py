"""An array type has one name, in one place."""

from __future__ import annotations

import ast
from pathlib import Path

import mlpstudy

PACKAGE = Path(mlpstudy.__file__).parent


def test_a_general_array_type_is_defined_once() -> None:
    """No module but arrays.py defines a FloatArray, IntArray or the like; names of a meaning are its own."""
    defined = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in (*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.pyi"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id.endswith("Array")
    ]
    assert {where.split(":")[0] for where in defined} == {"arrays.py"}, defined

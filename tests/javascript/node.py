"""The pages' scripts, asked from Python: run by Node.js as they stand in a page."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from mlpstudy.page import asset
from patience import PATIENCE_S


def evaluated(package: str, script: str, expression: str, given: object = None) -> object:
    """Return the value of an expression after a script that needs no document and no other script.

    The expression may use ``given``, the namespace ``mlpstudy``, and what a module exports, ``exported``.

    >>> evaluated("mlpstudy.report", "network.js", "mlpstudy.network.activations[given](3)", "linear")
    3
    >>> evaluated("mlpstudy.dashboard", "words.js", "exported.percent(given)", 0.5)
    '50.00 %'
    """
    address = f"data:text/javascript;base64,{base64.b64encode(asset(package, script).encode()).decode()}"
    program = (
        'import { readFileSync } from "node:fs";\n'
        'const given = JSON.parse(readFileSync(0, "utf8"));\n'
        "globalThis.mlpstudy = {};\n"
        f"const exported = await import({json.dumps(address)});\n"
        f"process.stdout.write(JSON.stringify({expression}));\n"
    )
    ran = subprocess.run(
        [_node(), "--input-type=module", "--eval", program],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def _node() -> str:
    """Return the Node.js of this environment, else the machine's."""
    found = shutil.which("node", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    assert found is not None, "tests must find Node.js, fix: make lint"
    return found

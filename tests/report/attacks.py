"""A stored study whose every free text tries to get out of the page."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from mlpstudy.records import Dataset
from mlpstudy.store import WritableStore
from mlpstudy.study import Study
from store import samples

SCRIPT = "<script>window.taken = 'script'</script>"
IMAGE = "<img src=x onerror=\"window.taken = 'image'\">"
CLOSING = "</script></style></title><script>window.taken = 'closing'</script>"
COMMENT = "<!--<script>"
QUOTES = "\"' onmouseover=window.taken='attribute' x='"
SEPARATORS = "a\u2028b\u2029c"
TEMPLATE = "{{ 7 * 7 }}{% raw %}"
EXPRESSION = "${window.taken = 'template'}\\u003cscript\\u003e"
PIECES = (SCRIPT, IMAGE, CLOSING, COMMENT, QUOTES, SEPARATORS, TEMPLATE, EXPRESSION)
EVERYTHING = " ".join(PIECES)


def attacking_study() -> Study:
    """Return a study whose title, levels and factors are attacks; its name cannot be one."""
    changes = {
        "title": EVERYTHING,
        "reported_by": IMAGE,
        "factors": {
            f"width {SCRIPT}": {CLOSING: {"hidden": [4]}, QUOTES: {"hidden": [3]}},
            IMAGE: {COMMENT: {"activation": "relu"}, SEPARATORS + TEMPLATE: {"activation": "tanh"}},
        },
        "reported": {f"{CLOSING}-{COMMENT}": {"test_accuracy": 0.5}},
    }
    return Study.stored(samples.tiny_study().to_fields() | changes)


def write_attack(folder: Path) -> Path:
    """Write the attacking study with finished, diverged and failed runs, and return its folder."""
    study = attacking_study()
    names = [a.name for a in study.architectures]
    data: Dataset = dataclasses.replace(samples.tiny_data(), class_names=(SCRIPT, IMAGE + COMMENT, CLOSING + QUOTES))
    with WritableStore.create_or_open(folder, study, data, samples.ENGINE) as store:
        for name in names[:3]:
            for seed in range(2):
                store.finish_run(samples.finished(study, name, seed))
        gone = samples.diverged(study, names[3], 0)
        store.finish_run(dataclasses.replace(gone, record=dataclasses.replace(gone.record, reason=EVERYTHING)))
    return folder

"""Make the golden store of this version of the schema: ``PYTHONPATH=src:tests python -m store.make_golden``.

It is made once a version and never again: a later version must open what an earlier one really wrote.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpstudy.store import Store, note_look
from mlpstudy.store.migrations.versions import SCHEMA_VERSION
from mlpstudy.study.base import content_hash
from store import samples

if TYPE_CHECKING:
    from mlpstudy.records import LayerDiagnostics
    from mlpstudy.store.weights import Which

GOLDEN = Path(__file__).parent / "golden"


def summary(store: Store) -> dict[str, Any]:
    """Return all that a store says, as plain values that JSON keeps."""
    outcomes = store.outcomes()
    kinds: tuple[Which, ...] = ("initial", "final")
    finished = [run.run_id for run in store.runs() if run.status == "finished"]
    return {
        "fields": store.study().to_fields(),
        "engine": store.engine,
        "data_sha256": store.data_sha256,
        "validation_source": store.validation_source,
        "class_names": list(store.class_names),
        "image_shape": list(store.image_shape or ()),
        "n_features": store.n_features,
        "n_examples": list(store.n_examples),
        "test_labels": store.test_labels().tolist(),
        "runs": [asdict(run) for run in store.runs()],
        "epochs": {run_id: [asdict(epoch) for epoch in epochs] for run_id, epochs in store.all_epochs().items()},
        "outcomes": {
            run_id: [
                outcomes[run_id].predicted.tolist(),
                outcomes[run_id].p_predicted.tolist(),
                outcomes[run_id].p_true.tolist(),
            ]
            for run_id in sorted(outcomes)
        },
        "preprocessing": store.preprocessing(),
        "diagnostics": {run_id: [_values(layer) for layer in store.diagnostics(run_id)] for run_id in finished},
        "baselines": [
            [b.name, b.test_accuracy, b.test_loss, b.predicted.tolist(), b.p_true.tolist()] for b in store.baselines()
        ],
        "looks": [asdict(look) for look in store.looks()],
        "weights": {
            f"{run_id}/{kind}": [
                [name, content_hash(tensor.tolist())] for name, tensor in store.weights(run_id, kind).items()
            ]
            for run_id in finished
            for kind in kinds
        },
    }


def _values(layer: LayerDiagnostics) -> list[object]:
    """Return the values of a layer's diagnostics; None for one that is not a number, which equals nothing."""
    return [None if value != value else value for value in asdict(layer).values()]  # noqa: PLR0124  # NaN


def main() -> None:
    """Write the folder, or refuse where there is one already."""
    folder = GOLDEN / f"v{SCHEMA_VERSION}"
    if folder.exists():
        sys.exit(f"{folder} must not exist yet: golden stores are never made again")
    study = samples.tiny_study(title="The golden store")
    samples.fill(
        folder, [samples.finished(study, "4"), samples.finished(study, "3", 1), samples.diverged(study, "3")], study
    )
    with samples.write(folder, study) as writer:
        for name in ("majority class", "logistic regression"):
            writer.put_baseline(samples.baseline(name))
    note_look(folder, "judge")
    (folder / "lock").unlink()
    with Store.open(folder) as store:
        (folder / "expected.json").write_text(json.dumps(summary(store), indent=1) + "\n")


if __name__ == "__main__":
    main()

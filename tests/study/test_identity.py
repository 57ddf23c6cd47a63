"""Identity: what was stored by an earlier version is found by this one, whatever keys have come since."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest
from pydantic import Field, create_model

from mlpstudy.study import Architecture, Data, Judging, Network, Study, Training, builtin_names, load_study, run_id
from mlpstudy.study.base import Frozen
from mlpstudy.study.network.initial import Initializer, InitialWeights

TESTS = Path(__file__).parent.parent
GOLDEN = {path.parent.name: path for path in sorted(TESTS.glob("store/golden/*/expected.json"))}
PINNED = Path(__file__).parent / "identities.json"
"""What the first version made of each study: its identity, and the run id of every architecture."""


def studies() -> dict[str, Study]:
    """Return the golden stores' studies, the built-in ones, those of the examples, and one that sets every key."""
    golden = {name: Study.stored(json.loads(path.read_text())["fields"]) for name, path in GOLDEN.items()}
    files = [*sorted((TESTS.parent / "studies").glob("*.toml")), Path(__file__).parent / "every_key.toml"]
    return golden | {name: load_study(name) for name in builtin_names()} | {p.stem: load_study(p) for p in files}


def identities(study: Study) -> dict[str, str]:
    """Return the identity of a study, and the id of each architecture's first run."""
    ids = {a.name: run_id(study, a, 0, engine="native", data_sha256="d" * 64) for a in study.architectures}
    return {"the study": study.identity()} | ids


@pytest.mark.parametrize(("name", "study"), studies().items(), ids=studies().keys())
def test_identities_are_those_of_the_first_version(name: str, study: Study) -> None:
    """No study and no run is renamed: a folder would refuse to go on, and its runs would be trained again."""
    assert identities(study) == json.loads(PINNED.read_text())[name]


Model = TypeVar("Model", bound=Frozen)


def with_later_key(old: Model, **given: int) -> Model:
    """Return an object of a class that has got two more keys: a number, which is 0, and a list, which is empty."""
    fields: dict[str, Any] = {"later": (int, 0), "made": (tuple[int, ...], Field(default_factory=tuple))}
    new: Any = create_model("Grown", __base__=type(old), **fields)
    return cast("Model", new(**{key: getattr(old, key) for key in type(old).model_fields}, **given))


def grown(study: Study, place: str, **given: int) -> Study:
    """Return a study where one table has got more keys."""

    def of(architecture: Architecture) -> Architecture:
        network, training = architecture.network, architecture.training
        weights = network.initial_weights
        match place:
            case "network":
                network = with_later_key(network, **given)
            case "training":
                training = with_later_key(training, **given)
            case "initial weights":
                network = network.model_copy(update={"initial_weights": with_later_key(weights, **given)})
            case "initializer":
                first = with_later_key(weights.first_hidden, **given)
                weights = weights.model_copy(update={"first_hidden": first})
                network = network.model_copy(update={"initial_weights": weights})
        return architecture.model_copy(update={"network": network, "training": training})

    changed = study.model_copy()
    if place == "study":
        return with_later_key(study, **given)
    if place in {"data", "judging"}:
        return study.model_copy(update={place: with_later_key(getattr(study, place), **given)})
    changed.__dict__["architectures"] = tuple(of(architecture) for architecture in study.architectures)
    return changed


PLACES = ["study", "data", "network", "initial weights", "initializer", "training", "judging"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", ["notebook", "every_key"])
def test_a_key_that_comes_later_renames_nothing_until_it_is_set(name: str, place: str) -> None:
    """Where a table gets a key, all that has its default keeps identity and run ids; what sets it has others."""
    study = studies()[name]
    before = identities(study)
    assert identities(grown(study, place)) == before
    after = identities(grown(study, place, later=1))
    assert after["the study"] != before["the study"]
    others = before.keys() - {"the study"}
    assert all((after[name] == before[name]) == (place in {"data", "judging"}) for name in others)


LATER: dict[type[Frozen], dict[str, object]] = {
    Data: {
        "path": None,
        "target": None,
        "test": None,
        "group": None,
        "time": None,
        "numeric": None,
        "on_missing_target": "error",
        "categorical": (),
        "drop": (),
        "image_size": None,
        "missing": (),
        "decimal": None,
        "encoding": None,
        "sheet": None,
        "date_format": None,
        "thousands": None,
        "header": None,
        "names": (),
        "comment": None,
    },
    Network: {},
    InitialWeights: {},
    Initializer: {},
    Training: {"diagnostics": False},
    Judging: {},
}
"""The keys that came after the first version, and what a study means that does not set them."""


@pytest.mark.parametrize("model", LATER, ids=lambda model: model.__name__)
def test_defaults_of_later_keys_never_change(model: type[Frozen]) -> None:
    """Another default would give studies that do not set the key other results under the same run ids."""
    later = model.model_fields.keys() - set(model.FIRST_KEYS)
    assert {key: model.model_fields[key].get_default(call_default_factory=True) for key in later} == LATER[model]

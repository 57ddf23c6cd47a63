"""The fields of a study, as a study file has them, and the keys that each of its tables may have."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from mlpstudy.study.adjustments import Adjustment, by_level
from mlpstudy.study.base import Frozen
from mlpstudy.study.data import DataField
from mlpstudy.study.judging import Judging
from mlpstudy.study.network.network import Network
from mlpstudy.study.training.training import Training
from mlpstudy.tasks.menu import BaselineName

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"


def _text_keys(value: Any) -> Any:  # noqa: ANN401  # raw TOML or Python: anything may come
    """Level names are text, also where Python code wrote ``{2: ...}``."""
    if isinstance(value, Mapping):
        return {str(k): _text_keys(v) for k, v in value.items()}
    return value


class Reported(Frozen):
    """Values that somebody else reported for an architecture; shown beside ours, never computed with.

    Attributes:
        test_accuracy: 0 to 1.
        test_loss: nats.
    """

    test_accuracy: Annotated[float, Field(ge=0, le=1)] | None = None
    test_loss: Annotated[float, Field(ge=0)] | None = None


class Fields(Frozen):
    """The fields of a study, as a study file has them."""

    name: Annotated[str, Field(pattern=NAME_PATTERN)]
    title: str = ""
    data: DataField
    seeds: Annotated[int, Field(ge=1, le=100_000)] = 1
    study_seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    network: Annotated[Mapping[str, Any], BeforeValidator(_text_keys)] = {}
    training: Annotated[Mapping[str, Any], BeforeValidator(_text_keys)] = {}
    factors: Annotated[Mapping[str, Mapping[str, Mapping[str, Any]]], BeforeValidator(_text_keys)] = {}
    adjustments: Annotated[
        tuple[Adjustment, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)
    ] = ()
    judging: Judging = Judging()
    baselines: Annotated[
        tuple[BaselineName, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)
    ] = ()
    reported_by: str = ""
    reported_epochs: Annotated[int, Field(ge=1)] | None = None
    reported: Annotated[Mapping[str, Reported], BeforeValidator(_text_keys)] = {}

    @cached_property
    def _adjusting(self) -> dict[tuple[str, str], list[int]]:
        return by_level(self.adjustments)

    def adjustments_of(self, levels: Mapping[str, str]) -> list[int]:
        """Return the places of the adjustments that hold for a combination of levels, in their order."""
        found = sorted(i for level in levels.items() for i in self._adjusting.get(level, ()))
        return [i for i in found if self.adjustments[i].applies(levels)]


FIRST_FIELDS = (
    "name",
    "title",
    "data",
    "seeds",
    "study_seed",
    "network",
    "training",
    "factors",
    "adjustments",
    "judging",
    "baselines",
    "reported_by",
    "reported_epochs",
    "reported",
)
"""The fields that identities hold in a form of their own, or not at all: they change no result. Any other one came
later, and is part of them where it does not have its default."""


def setting_keys() -> set[str]:
    """Return the keys that a level may have."""
    return set(Network.model_fields) | set(Training.model_fields)


def _tables() -> dict[str, type[Frozen]]:
    """The tables of a study file that one object each is made from."""
    types = {key: field.annotation for key, field in Fields.model_fields.items()}
    own = {key: of for key, of in types.items() if isinstance(of, type) and issubclass(of, Frozen)}
    return {"network": Network, "training": Training, **own}


def valid_keys() -> dict[str, set[str]]:
    """Return the keys that are valid in each table of a study file."""
    tables: dict[str, type[Frozen]] = {**_tables(), "": Fields, "adjustments": Adjustment, "reported": Reported}
    return {table: set(model.model_fields) for table, model in tables.items()}


def homes() -> dict[str, str]:
    """Return the table of each key that stands in one table alone."""
    found = {key: f"[{table}]" for table, model in _tables().items() for key in model.model_fields}
    return found | dict.fromkeys(("seeds", "study_seed", "baselines"), "the study itself, above all tables")

"""The menu of initial weights: the distributions that kernels may be drawn from."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field

from mlpstudy.study.base import Frozen

Scaled = Literal["normal", "uniform"]
Named = Literal["glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal"]
Shape = Literal["normal", "uniform", "truncated normal"]


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution with mean 0, of the weights of a kernel of shape (fan_in, fan_out).

    Attributes:
        name: as study files have it; one of ``Scaled`` is given a scale there.
        shape: of its density; a truncated normal one ends at two standard deviations, and is rescaled, as in Keras.
        formula: its standard deviation.
        standard_deviation: the same, of scale, fan_in and fan_out.
        source: where it is from.
    """

    name: Scaled | Named
    shape: Shape
    formula: str
    standard_deviation: Callable[[float, int, int], float]
    source: str


_GLOROT = (
    "sqrt(2 / (fan_in + fan_out))",
    lambda _, fan_in, fan_out: math.sqrt(2.0 / (fan_in + fan_out)),
    "Glorot & Bengio 2010",
)
_HE = ("sqrt(2 / fan_in)", lambda _, fan_in, __: math.sqrt(2.0 / fan_in), "He et al. 2015")
_LECUN = ("sqrt(1 / fan_in)", lambda _, fan_in, __: math.sqrt(1.0 / fan_in), "LeCun et al. 1998")
_ENTRIES = (
    Distribution("normal", "normal", "scale", lambda scale, *_: scale, "the study file"),
    Distribution("uniform", "uniform", "scale / sqrt(3)", lambda scale, *_: scale / math.sqrt(3.0), "its half width"),
    Distribution("glorot_uniform", "uniform", *_GLOROT),
    Distribution("glorot_normal", "truncated normal", *_GLOROT),
    Distribution("he_uniform", "uniform", *_HE),
    Distribution("he_normal", "truncated normal", *_HE),
    Distribution("lecun_uniform", "uniform", *_LECUN),
    Distribution("lecun_normal", "truncated normal", *_LECUN),
)
INITIALIZERS: dict[Scaled | Named, Distribution] = {entry.name: entry for entry in _ENTRIES}


class Initializer(Frozen):
    """The distribution that a layer's initial weights are drawn from.

    In a study file: a name (``"glorot_uniform"``), ``{ normal = 0.062 }`` with its standard deviation, or
    ``{ uniform = 0.05 }`` with its half width.

    >>> Initializer(kind="normal", scale=0.062).text()
    'normal(0.062)'
    """

    FIRST_KEYS = ("kind", "scale")

    kind: Scaled | Named
    scale: Annotated[float, Field(gt=0)] | None = None

    def standard_deviation(self, fan_in: int, fan_out: int) -> float:
        """Return the standard deviation of the weights.

        >>> round(Initializer(kind="glorot_uniform").standard_deviation(784, 256), 4)
        0.0439
        """
        return self.distribution.standard_deviation(self.scale or 0.0, fan_in, fan_out)

    @property
    def distribution(self) -> Distribution:
        """Its entry of the menu."""
        return INITIALIZERS[self.kind]

    def text(self) -> str:
        """Return a short text for tables."""
        return self.kind if self.scale is None else f"{self.kind}({self.scale:g})"


def parse_initializer(value: Any) -> Any:  # noqa: ANN401  # raw TOML: anything may come
    """Turn the forms that a study file allows into the fields of an Initializer."""
    if isinstance(value, str) and value in INITIALIZERS:
        if value in get_args(Scaled):
            message = f'{{ {value} = 0.05 }}: a number must follow the name "{value}"'
            raise ValueError(message)
        return {"kind": value}
    if isinstance(value, dict) and set(value) <= set(get_args(Scaled)) and len(value) == 1:
        ((kind, scale),) = value.items()
        if isinstance(scale, bool) or not isinstance(scale, int | float) or not 0 < scale < math.inf:
            message = f"{kind} = a number above 0"
            raise ValueError(message)
        return {"kind": kind, "scale": float(scale)}
    if isinstance(value, Initializer) or (isinstance(value, dict) and "kind" in value):
        return value
    message = f"a name such as {', '.join(get_args(Named))}; {{ normal = 0.05 }} or {{ uniform = 0.05 }}"
    raise ValueError(message)


AnyInitializer = Annotated[Initializer, BeforeValidator(parse_initializer)]


class InitialWeights(Frozen):
    """The initializers of the first hidden layer, of the other hidden layers, and of the output layer.

    Biases start at 0, batch normalisation at gamma 1, beta 0, moving mean 0 and moving variance 1.
    """

    FIRST_KEYS = ("first_hidden", "other_hidden", "output")

    first_hidden: AnyInitializer = Initializer(kind="glorot_uniform")
    other_hidden: AnyInitializer = Initializer(kind="glorot_uniform")
    output: AnyInitializer = Initializer(kind="glorot_uniform")

    def text(self) -> str:
        """Return a short text for tables, hidden layers only where the output is Glorot uniform."""
        parts = [self.first_hidden.text()]
        if self.other_hidden != self.first_hidden:
            parts.append(self.other_hidden.text())
        if self.output.kind != "glorot_uniform":
            parts.append(f"output {self.output.text()}")
        return ", ".join(parts)

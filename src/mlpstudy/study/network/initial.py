"""Distributions of the initial weights."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field

from mlpstudy.study.base import Frozen

Named = Literal["glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal"]


class Initializer(Frozen):
    """The distribution that a layer's initial weights are drawn from.

    In a study file: a name (``"glorot_uniform"``), ``{ normal = 0.062 }`` with its standard deviation, or
    ``{ uniform = 0.05 }`` with its half width. With fan_in x fan_out weights, the standard deviation is

        glorot: sqrt(2 / (fan_in + fan_out))     (Glorot & Bengio 2010)
        he:     sqrt(2 / fan_in)                  (He et al. 2015)
        lecun:  sqrt(1 / fan_in)                  (LeCun et al. 1998)

    The named normal ones are truncated at two standard deviations and rescaled, as in Keras.

    >>> Initializer(kind="normal", scale=0.062).text()
    'normal(0.062)'
    """

    FIRST_KEYS = ("kind", "scale")

    kind: Literal["normal", "uniform"] | Named
    scale: Annotated[float, Field(gt=0)] | None = None

    def standard_deviation(self, fan_in: int, fan_out: int) -> float:
        """Return the standard deviation of the weights.

        >>> round(Initializer(kind="glorot_uniform").standard_deviation(784, 256), 4)
        0.0439
        """
        match self.kind.split("_")[0]:
            case "normal":
                return float(self.scale or 0.0)
            case "uniform":
                return float(self.scale or 0.0) / math.sqrt(3.0)
            case "glorot":
                return math.sqrt(2.0 / (fan_in + fan_out))
            case "he":
                return math.sqrt(2.0 / fan_in)
            case _:
                return math.sqrt(1.0 / fan_in)

    def text(self) -> str:
        """Return a short text for tables."""
        return self.kind if self.scale is None else f"{self.kind}({self.scale:g})"


def parse_initializer(value: Any) -> Any:  # noqa: ANN401  # raw TOML: anything may come
    """Turn the forms that a study file allows into the fields of an Initializer."""
    if isinstance(value, str) and value in {"normal", "uniform", *get_args(Named)}:
        if value in {"normal", "uniform"}:
            message = f'{{ {value} = 0.05 }}: a number must follow the name "{value}"'
            raise ValueError(message)
        return {"kind": value}
    if isinstance(value, dict) and set(value) <= {"normal", "uniform"} and len(value) == 1:
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

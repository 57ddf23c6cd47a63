"""Studies, architectures, training: frozen objects, TOML in, identity = hash of content."""

from mlpstudy.spec.adjustments import Adjustment
from mlpstudy.spec.comparisons import why_unjudged
from mlpstudy.spec.data import Data
from mlpstudy.spec.float32 import check_float32
from mlpstudy.spec.initial import Initializer, InitialWeights
from mlpstudy.spec.layers import Layer, count_parameters, layers, parameter_shapes
from mlpstudy.spec.loading import DEFAULT_STUDY, builtin_names, load_study, parse_study
from mlpstudy.spec.network import Network
from mlpstudy.spec.study import SEMANTICS_VERSION, Architecture, Study, run_id
from mlpstudy.spec.training import LEAST_JUDGED, MAX_COMPARISONS, Judging, Training

__all__ = [
    "DEFAULT_STUDY",
    "LEAST_JUDGED",
    "MAX_COMPARISONS",
    "SEMANTICS_VERSION",
    "Adjustment",
    "Architecture",
    "Data",
    "InitialWeights",
    "Initializer",
    "Judging",
    "Layer",
    "Network",
    "Study",
    "Training",
    "builtin_names",
    "check_float32",
    "count_parameters",
    "layers",
    "load_study",
    "parameter_shapes",
    "parse_study",
    "run_id",
    "why_unjudged",
]

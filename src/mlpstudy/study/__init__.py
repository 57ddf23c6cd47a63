"""Studies, architectures, training: frozen objects, TOML in, identity = hash of content."""

from mlpstudy.study.adjustments import Adjustment
from mlpstudy.study.architectures import Architecture
from mlpstudy.study.comparisons import why_unjudged
from mlpstudy.study.data import Data
from mlpstudy.study.float32 import check_float32
from mlpstudy.study.judging import LEAST_JUDGED, MAX_COMPARISONS, Judging
from mlpstudy.study.loading import builtin_names, load_study, parse_study
from mlpstudy.study.network.initial import Initializer, InitialWeights
from mlpstudy.study.network.layers import Layer, count_parameters, layers, layers_of, parameter_shapes
from mlpstudy.study.network.network import Network
from mlpstudy.study.study import SEMANTICS_VERSION, Study, run_id
from mlpstudy.study.training.training import Training

__all__ = [
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
    "layers_of",
    "load_study",
    "parameter_shapes",
    "parse_study",
    "run_id",
    "why_unjudged",
]

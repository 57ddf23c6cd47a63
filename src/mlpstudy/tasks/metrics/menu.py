"""The menu of metrics: a metric is one file and one line here."""

from __future__ import annotations

from mlpstudy.tasks.metrics.accuracy import ACCURACY
from mlpstudy.tasks.metrics.calibration_error import CALIBRATION_ERROR
from mlpstudy.tasks.metrics.log_loss import LOG_LOSS
from mlpstudy.tasks.metrics.metric import Metric

METRICS: dict[str, Metric] = {entry.name: entry for entry in (ACCURACY, LOG_LOSS, CALIBRATION_ERROR)}
"""Every metric by its name, in the order in which they are judged and shown."""

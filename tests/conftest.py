"""What holds for every test: no result may hang on how fast the machine is."""

from __future__ import annotations

import os
import signal

from hypothesis import HealthCheck, settings

# Hypothesis measures wall time in two places: a deadline for each example, and a health check of how long examples take
# to make (which fails where its Unicode tables are first made on a busy machine). Neither says anything of the product.
settings.register_profile("any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any-machine")

# Keras reads it when it is first imported, by whichever module that is.
os.environ["KERAS_BACKEND"] = "torch"

# Tests run beside each other, a core each: threads of PyTorch and of NumPy's BLAS that spin while they wait for a core
# make one product take fifteen times as long. The engines' own threads are set by the tests that are about them.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

# A shell starts what runs in its background with SIGINT ignored, and so would every command be that tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The width of whoever's terminal it is decides no test.
for name in ("COLUMNS", "LINES"):
    os.environ.pop(name, None)

"""One run, whoever trains it: initial weights, epochs, statuses, checkpoints, diagnostics."""

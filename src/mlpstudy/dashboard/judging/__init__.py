"""The verdict beside a page: when it is computed, and the process that computes it."""

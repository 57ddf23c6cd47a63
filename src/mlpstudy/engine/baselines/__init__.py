"""Simple methods that a study shows beside its networks, for scale."""

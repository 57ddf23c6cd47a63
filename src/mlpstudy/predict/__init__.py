"""Predictions: the architecture that gives them, its seeds as an ensemble."""

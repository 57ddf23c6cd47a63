"""Estimates and their intervals: one method a file, with its source."""

"""Judging a study's folder: where store and evidence meet."""

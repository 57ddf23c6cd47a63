"""A study opened for reading: its runs, tables, figures and verdicts."""

from mlpstudy.results.study_results import StudyResults

__all__ = ["StudyResults"]

"""The report of a study: one self-contained HTML file."""

from __future__ import annotations

from mlpstudy.report.report import report_html, write_report

__all__ = ["report_html", "write_report"]

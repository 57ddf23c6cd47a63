"""The sections of the report, one a module, in the order of :data:`mlpstudy.report.report.SECTIONS`."""

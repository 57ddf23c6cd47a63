"""Running a study: where engine and store meet, and who listens."""

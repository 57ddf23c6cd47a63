"""What the outcomes of a study say: intervals, verdicts, power, noise. Numbers only, never a picture."""

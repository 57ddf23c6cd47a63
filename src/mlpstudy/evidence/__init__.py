"""What the outcomes of a study say: intervals, verdicts, power, noise. Numbers and sentences, never a picture."""

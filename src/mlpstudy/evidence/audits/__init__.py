"""What a study should be asked before its verdicts are believed."""

"""What should be looked at before training is paid for: one file a kind of doubt."""

"""What is predicted, found in raw values."""

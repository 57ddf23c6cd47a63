"""Losses in PyTorch, one a file."""

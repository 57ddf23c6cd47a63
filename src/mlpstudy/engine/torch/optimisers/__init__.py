"""Optimisers in PyTorch, one a file."""

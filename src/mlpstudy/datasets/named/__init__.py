"""Data sets with a name: where they come from, and what is in them."""

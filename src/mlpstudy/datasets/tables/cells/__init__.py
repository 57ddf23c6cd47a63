"""Cells of a table: which are missing, which are numbers, truth values or dates, and how they are written.

One file a meaning; each says which distinct cells it can read (``parse``), by the form that its column is written in.
"""

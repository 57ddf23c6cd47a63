"""What simple methods reach on a study's data, for scale. One file a method; ``menu`` names them.

A network that does not beat them has learned nothing that a line of code would not have found.
"""

"""Tables as text: where their text is, how it is written, and the cells.

``source`` gives the text in UTF-8 (``encoding`` finds out which it is in). ``finding`` finds out the ``dialect``:
``cutting`` cuts lines into records, ``kinds`` and ``sheet`` say what their cells are, ``margins`` parts comments and
remarks from rows, ``first_line`` names from rows, ``headers`` reads what is beside the names, ``naming`` calls the
columns. ``rewriting`` makes text that the fast reader takes, ``reading`` reads the cells through Polars, ``faults``
says what is wrong where that fails.
"""

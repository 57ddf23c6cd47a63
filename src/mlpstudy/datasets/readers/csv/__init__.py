"""Tables as text: where their text is, how it is written, and the cells.

``source`` gives the text in UTF-8, ``dialect`` finds out delimiter and columns from its first lines, ``reading`` reads
the cells through Polars, ``faults`` says what is wrong where that fails.
"""

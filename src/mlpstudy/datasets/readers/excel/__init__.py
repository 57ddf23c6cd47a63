"""Excel workbooks (Office Open XML): a sheet as the text of a table.

``package`` reads the members of the archive as XML, ``book`` finds the sheets, ``values`` writes cells as text,
``sheet`` collects them, ``reading`` gives those of one sheet to the reader of CSV.

It is not read through a library: calamine's text of a number is rounded, its error cells are missing without a word,
and it takes memory for every cell between two far ones (fastexcel 0.21, November 2026); openpyxl has had no release
since June 2024.

Source: ECMA-376, Office Open XML File Formats, part 1, SpreadsheetML.
"""

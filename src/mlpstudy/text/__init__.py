"""How text is written: escaped for its place, numbers and times in one form, lines on streams that break."""

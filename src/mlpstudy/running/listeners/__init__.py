"""How a running study looks: bars, lines, JSON, a notebook's cell."""

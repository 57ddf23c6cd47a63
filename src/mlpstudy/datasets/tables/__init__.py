"""Tables, whoever read them: cells, columns, roles, fitting."""

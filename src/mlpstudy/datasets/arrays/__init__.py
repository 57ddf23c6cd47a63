"""Arrays, whoever read or gave them: features, sparse rows, labels beside them."""

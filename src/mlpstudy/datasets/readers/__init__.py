"""One file a format, and the one that finds which a path calls for."""

"""A study in a browser while it runs: reads the store, never touches an engine, and the run does not notice."""

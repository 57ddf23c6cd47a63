"""How the database became what it is: one file a version, and which there are."""

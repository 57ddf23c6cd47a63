"""What is in any data, before a study."""

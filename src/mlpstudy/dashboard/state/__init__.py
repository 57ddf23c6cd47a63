"""What a page shows of a study, made of what the store holds: values, their verdict, and what changed."""

"""What the replica of a table looks like, and what of the table it does not have."""

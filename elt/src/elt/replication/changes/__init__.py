"""What changed in the definition of a table, and the statements that follow it."""

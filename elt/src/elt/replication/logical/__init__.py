"""Only the rows that the WAL names; the slot, its budget and the publication."""

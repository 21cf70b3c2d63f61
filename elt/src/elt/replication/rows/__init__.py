"""Rows on their way and side by side: copied, hashed, compared, tallied."""

"""The words of which titles, names and reviews are made."""

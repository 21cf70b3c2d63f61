"""What `elt check` finds, theme by theme."""

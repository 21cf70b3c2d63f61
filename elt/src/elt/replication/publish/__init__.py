"""One transaction that makes everything visible, and proves it."""

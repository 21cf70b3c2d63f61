"""Only the rows that changed, found by transactions or by a cursor; and deletes."""

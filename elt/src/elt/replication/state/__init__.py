"""What elt knows of its streams and runs, kept at the destination in schema `elt`."""

"""`elt replicate --follow`: runs, and batches between them."""

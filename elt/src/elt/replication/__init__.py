"""Copy every stream of a source, prove the copy, and publish it in one transaction."""

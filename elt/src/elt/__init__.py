"""Replicate PostgreSQL into an analytics PostgreSQL; prove that the copy is equal."""

__version__ = "0.1.0"

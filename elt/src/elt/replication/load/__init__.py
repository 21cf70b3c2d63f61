"""Streams are loaded beside what is published, by workers that share a snapshot."""

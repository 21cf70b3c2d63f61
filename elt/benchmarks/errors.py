"""What keeps a benchmark from telling anything."""

from __future__ import annotations

from elt.errors import EltError


class BenchmarkError(EltError):
    """A candidate failed, or did not do the work that it was measured by."""

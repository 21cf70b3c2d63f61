"""Times as Kubernetes writes them, and as people read them."""

from __future__ import annotations

from datetime import UTC, datetime


def parse_moment(text: object) -> datetime | None:
    """Return the time that a field of an object names; None where it names none."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def format_micro_time(at: datetime) -> str:
    """Return a MicroTime, whose fraction the API server insists on."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(at: datetime) -> str:
    """Return a time for a sentence."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def format_time(at: datetime) -> str:
    """Return a time as objects of the API server have it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

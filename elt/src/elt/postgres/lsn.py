"""Positions in the WAL."""


def parse_lsn(lsn: str) -> int:
    """Return a WAL position such as 1/2B3C as a number of bytes."""
    high, _, low = lsn.partition("/")
    return (int(high, 16) << 32) | int(low, 16)


def format_lsn(lsn: int) -> str:
    """Return a number of bytes as PostgreSQL writes a WAL position."""
    return f"{lsn >> 32:X}/{lsn & 0xFFFFFFFF:X}"

"""Positions in the WAL, as numbers and as the server writes them."""

from elt.postgres import format_lsn, parse_lsn


def test_positions_are_numbers():
    assert parse_lsn("1/2B3C") == (1 << 32) + 0x2B3C


def test_positions_are_written_as_the_server_does():
    assert format_lsn(0x1_0000_00AB) == "1/AB"

"""Which connections may be relayed; that rows arrive, integration tests say."""

from types import SimpleNamespace

import pytest

from elt.postgres.relay import can_relay


@pytest.mark.parametrize(
    "is_reader_encrypted, is_writer_encrypted, expected",
    [
        (False, False, True),
        (True, False, False),
        (False, True, False),
        (True, True, False),
    ],
    ids=["neither", "the source", "the destination", "both"],
)
def test_what_is_encrypted_is_not_relayed(
    is_reader_encrypted, is_writer_encrypted, expected
):
    reader = SimpleNamespace(is_encrypted=is_reader_encrypted)
    writer = SimpleNamespace(is_encrypted=is_writer_encrypted)

    assert can_relay(reader, writer) is expected

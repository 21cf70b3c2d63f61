"""Unit tests decide from data alone: they reach no server."""

import logging
import socket

import psycopg2
import pytest


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*_, **__):
        pytest.fail("a unit test opened a connection")

    monkeypatch.setattr(psycopg2, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def package_logger():
    """Leave the package's logger as it was."""
    package = logging.getLogger("elt")
    before = package.handlers[:], package.level, package.propagate
    yield
    package.handlers[:], package.level, package.propagate = before

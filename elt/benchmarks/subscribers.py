"""Two that follow one source: PostgreSQL's own subscription, and elt.

Each can catch up with what was written while it rested, or follow all the time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from benchmarks.candidates import elt_program, logical_environ
from benchmarks.following import followed_by_elt, is_followed, make_tables, wait
from benchmarks.programs import run_stages
from benchmarks.servers import Servers, session, url_of
from elt.config import DatabaseSettings
from elt.postgres import (
    Connection,
    Identifier,
    Literal,
    compose,
    execute,
    fetch_one,
)
from elt.queries import load_queries

queries = load_queries("benchmarks", "sql/subscription.sql")

NATIVE, ELT = "subscription", "elt"
#: To catch up with a large transaction, on a slow machine.
LONGEST_WAIT = 600.0


class Subscriber(Protocol):
    """Somebody who brings changes from the source to a destination."""

    @property
    def name(self) -> str:
        """What a report calls it."""

    @property
    def destination(self) -> DatabaseSettings:
        """Where the changes go."""

    @property
    def schema(self) -> str:
        """Where the tables are there."""

    def catch_up(self, number: int) -> float:
        """Return the seconds until all is there up to a probe, written before."""

    def following(self) -> AbstractContextManager[None]:
        """Follow for the length of a block, which begins when all is there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NativeSubscriber:
    """PostgreSQL's own subscription, with the options that it comes with."""

    source: DatabaseSettings
    destination: DatabaseSettings
    name: str = NATIVE
    schema: str = "public"

    def subscribe(self) -> None:
        """Copy what is there, then rest."""
        with session(self.source) as connection:
            execute(connection, queries["publish_tables"])
        with session(self.destination) as connection:
            make_tables(connection)
            url = Literal(url_of(self.source))
            execute(connection, compose(queries["subscribe"], url=url))
            is_copied = partial(fetch_one, connection, queries["is_copied"])
            wait(is_copied, "the first copy", seconds=LONGEST_WAIT)
        self._rest()

    def catch_up(self, number: int) -> float:
        """Enable the subscription until a probe is there."""
        with session(self.destination) as connection:
            started = time.monotonic()
            execute(connection, queries["enable"])
            wait_for_probe(connection, self.schema, number)
            seconds = time.monotonic() - started
        self._rest()
        return seconds

    @contextmanager
    def following(self) -> Iterator[None]:
        """Enable the subscription for the length of a block."""
        number = last_probe(self.source)
        with session(self.destination) as connection:
            execute(connection, queries["enable"])
            wait_for_probe(connection, self.schema, number)
        yield
        self._rest()

    def unsubscribe(self) -> None:
        """Leave nothing: a database with a subscription cannot be dropped."""
        with session(self.destination) as connection:
            execute(connection, queries["unsubscribe"])

    def _rest(self) -> None:
        with session(self.destination) as connection:
            execute(connection, queries["disable"])
        with session(self.source) as connection:
            is_idle = partial(fetch_one, connection, queries["is_idle"])
            wait(is_idle, "the end of the subscription", seconds=LONGEST_WAIT)


@dataclass(frozen=True, kw_only=True, slots=True)
class EltSubscriber:
    """elt with `mode: logical`: a run, or `--follow`."""

    servers: Servers
    source: DatabaseSettings
    destination: DatabaseSettings
    name: str = ELT
    schema: str = "raw"

    def run(self, command: str = "replicate") -> None:
        """Let a command run from its start to its end."""
        run_stages([[[elt_program(), command]]], self._environ())

    def catch_up(self, number: int) -> float:
        """Run once; what the run does after its publish is not counted."""
        with (
            session(self.destination) as connection,
            ThreadPoolExecutor(1) as beside,
        ):
            started = time.monotonic()
            run = beside.submit(self.run)
            wait_for_probe(connection, self.schema, number)
            seconds = time.monotonic() - started
            run.result()
        return seconds

    @contextmanager
    def following(self) -> Iterator[None]:
        """Let `elt replicate --follow` run for the length of a block."""
        number = last_probe(self.source)
        with followed_by_elt(self.servers, self._environ()):
            with session(self.destination) as connection:
                wait_for_probe(connection, self.schema, number)
                wait(partial(is_followed, connection), "the first batch")
            yield

    def _environ(self) -> Mapping[str, str]:
        return logical_environ(self.servers, self.source, self.destination)


def last_probe(source: DatabaseSettings) -> int:
    """Return the number of the probe that was written last."""
    with session(source) as connection:
        return _read_probe(connection, "public")


def wait_for_probe(connection: Connection, schema: str, number: int) -> None:
    """Wait until a probe is visible, and with it all that was written before."""
    wait(
        lambda: _read_probe(connection, schema) == number,
        f"probe {number}",
        seconds=LONGEST_WAIT,
    )


def _read_probe(connection: Connection, schema: str) -> int:
    query = compose(queries["read_probe"], probes=Identifier(schema, "probes"))
    return int(fetch_one(connection, query))

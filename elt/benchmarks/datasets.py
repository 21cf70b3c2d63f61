"""The data that are copied: one narrow table, one wide one, and many small ones."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.programs import run_stages
from benchmarks.servers import Servers, session, url_of
from elt.config import DatabaseSettings
from elt.postgres import execute
from elt.queries import load_queries

queries = load_queries("benchmarks", "sql/datasets.sql")

_PGBENCH_SCALE = 10
_CUSTOMERS = 50_000
_ORDERS = 250_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Dataset:
    """A source database that can be made at several sizes."""

    name: str
    #: Says what it holds at a scale.
    describe: Callable[[float], str]
    #: Fills an empty database.
    fill: Callable[[Servers, DatabaseSettings, float], None]

    def build(self, servers: Servers, scale: float) -> None:
        """Make the database at the source, ready to be read."""
        settings = servers.renew_source(self.name)
        self.fill(servers, settings, scale)
        with session(settings) as connection:
            execute(connection, queries["settle"])
        servers.checkpoint()


def _fill_narrow(servers: Servers, settings: DatabaseSettings, scale: float) -> None:
    # The letters: drop, tables, rows made by the server, vacuum, primary keys.
    pgbench = [servers.program("pgbench"), "--initialize", "--init-steps=dtGvp"]
    size = f"--scale={_pgbench_scale(scale)}"
    run_stages([[[*pgbench, "--quiet", size, url_of(settings)]]], os.environ)


def _fill_wide(_: Servers, settings: DatabaseSettings, scale: float) -> None:
    customers = {"rows": _CUSTOMERS}
    orders = {"rows": _orders(scale), "customers": _CUSTOMERS}
    with session(settings) as connection:
        execute(connection, queries["make_wide_tables"])
        execute(connection, queries["fill_customers"], customers)
        execute(connection, queries["fill_orders"], orders)
        execute(connection, queries["finish_wide_tables"])


def _fill_many(_: Servers, settings: DatabaseSettings, __: float) -> None:
    with session(settings) as connection:
        execute(connection, queries["make_many_tables"])


def _pgbench_scale(scale: float) -> int:
    return max(1, round(_PGBENCH_SCALE * scale))


def _orders(scale: float) -> int:
    return round(_ORDERS * scale)


NARROW = Dataset(
    name="narrow",
    describe=lambda scale: f"pgbench at scale {_pgbench_scale(scale)}",
    fill=_fill_narrow,
)
WIDE = Dataset(
    name="wide",
    describe=lambda scale: (
        f"{_orders(scale):,} orders of 10 typed columns, 2 indexes "
        f"beside the key, referring to {_CUSTOMERS:,} customers"
    ),
    fill=_fill_wide,
)
MANY = Dataset(
    name="many",
    describe=lambda _: (
        "200 tables of 20 rows, each with key, index and check; 50 foreign keys"
    ),
    fill=_fill_many,
)
DATASETS = (NARROW, WIDE, MANY)

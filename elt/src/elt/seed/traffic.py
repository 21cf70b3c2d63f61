"""Plays an application that uses the cinema: many small transactions, at random.

Each action picks its rows in SQL, by luck, so it needs to know nothing of what is
there. None can fail for what another connection does: what exists already is left
or updated, and a row that is gone is one row less.
"""

from __future__ import annotations

import itertools
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from math import ceil
from uuid import UUID

from elt import logs
from elt.config import DatabaseSettings, RetrySettings
from elt.postgres import Connection, connect_with_retries, execute
from elt.queries import load_queries
from elt.seed.dice import Dice
from elt.seed.films import film_of
from elt.seed.opinions import make_review
from elt.seed.people import make_email

log = logs.logger(__name__)

QUERIES = load_queries("elt.seed", "sql/traffic.sql")

#: How many of a hundred actions are of a kind.
_SHARES = {
    "rate_film": 44,
    "change_rating": 18,
    "delete_rating": 12,
    "write_review": 5,
    "edit_review": 5,
    "withdraw_review": 4,
    "rename_film": 4,
    "add_user": 5,
    "add_film": 3,
}
_ACTIONS = tuple(itertools.chain(*([name] * n for name, n in _SHARES.items())))
_ACTIONS_PER_SECOND = 50
_LUCK = 1_000_000
#: Titles and addresses are invented for numbers up to here.
_NUMBERS = 1 << 40


@dataclass(frozen=True, kw_only=True, slots=True)
class TrafficReport:
    """What the application did."""

    transactions: int
    inserted: int
    updated: int
    deleted: int
    seconds: float


def run_traffic(
    settings: DatabaseSettings,
    seconds: float,
    *,
    seed: int | None = None,
    retry: RetrySettings = RetrySettings(),  # noqa: B008  frozen
) -> TrafficReport:
    """Connect to a seeded database and play the application for some time.

    With the same seed the application does the same things again.
    """
    seed = secrets.randbits(32) if seed is None else seed
    connection = connect_with_retries(settings, retry, application_name="elt traffic")
    with closing(connection):
        return play(connection, seconds, seed=seed)


def play(
    connection: Connection,
    seconds: float,
    *,
    seed: int,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> TrafficReport:
    """Play the application for some time, some tens of transactions a second.

    An interruption ends it between two actions or undoes one; what was done up to
    then is logged either way.
    """
    counts: Counter[str] = Counter()
    started = clock()
    try:
        for number in range(ceil(seconds * _ACTIONS_PER_SECOND)):
            sleep(max(0.0, started + number / _ACTIONS_PER_SECOND - clock()))
            if clock() - started >= seconds:
                break
            counts.update(_act(connection, Dice("traffic", seed, number)))
            counts["transactions"] += 1
    finally:
        report = _report(counts, clock() - started)
        _log_end(report, seed)
    return report


def _act(connection: Connection, dice: Dice) -> Iterator[str]:
    """Do one thing; say of each row that changed how it did."""
    query = QUERIES[dice.pick(_ACTIONS)]
    return (change for (change,) in execute(connection, query, _draw_values(dice)))


def _draw_values(dice: Dice) -> dict[str, object]:
    """Draw what an action may need; each takes what it does need."""
    stars = dice.between(1, 5)
    return {
        "luck": dice.below(_LUCK) / _LUCK,
        "stars": stars,
        "user_id": str(UUID(int=dice.below(1 << 128), version=4)),
        "title": film_of(dice.below(_NUMBERS)).title,
        "email": make_email(dice, dice.below(_NUMBERS)),
        "body": make_review(stars, dice),
    }


def _report(counts: Mapping[str, int], seconds: float) -> TrafficReport:
    return TrafficReport(
        transactions=counts["transactions"],
        inserted=counts["inserted"],
        updated=counts["updated"],
        deleted=counts["deleted"],
        seconds=seconds,
    )


def _log_end(report: TrafficReport, seed: int) -> None:
    log.info(
        "played traffic",
        transactions=report.transactions,
        inserted=report.inserted,
        updated=report.updated,
        deleted=report.deleted,
        seconds=report.seconds,
        seed=seed,
    )

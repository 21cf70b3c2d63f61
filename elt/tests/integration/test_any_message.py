"""At whatever message a run is harmed: all or nothing, and then a next run.

`--seeds 150` harms it at every message, which takes hours; `make test` at one or two.
"""

import signal
from functools import partial
from itertools import product

import pytest
from integration.following import following, stop
from integration.incremental import differing
from integration.logical import LOGICAL
from integration.program import program
from integration.proxies import Harm, cut, proxied
from integration.replication import (
    SESSIONS,
    last_run,
    leftovers,
    query,
    run,
    wait_until,
)
from integration.small_changes import (
    CHANGED,
    TABLES,
    change,
    numbers_to_harm,
    rows_of,
    with_tables,
)

from elt.config import PublishPolicy, SyncMode
from elt.errors import EltError

_STEP = 150
_FOLLOWERS_STEP = 45
_LAST_OF_FOLLOWER = 90
CONFIG = "{{sources: [{{mode: {mode}}}], publish: {publish}, allow_shrink: 1}}"
FOLLOWED = "{sources: [{mode: logical}], allow_shrink: 1}"


@pytest.fixture
def tables(databases):
    """Return databases of which the source has tables."""
    return with_tables(databases)


@pytest.fixture
def harm(tables):
    """Return what does harm at a message, and has the databases to send it by."""
    harm = Harm()
    with proxied(tables, harm) as harm.databases:
        yield harm


@pytest.fixture
def numbers(request, harm):
    """Yield the numbers of messages, until a run has fewer."""
    return numbers_to_harm(request, _STEP, lambda: harm.is_done)


@pytest.fixture(params=product(SyncMode, PublishPolicy), ids="-".join)
def options(request, tables):
    """Return the options of a run; one was there already."""
    mode, publish = request.param
    options = {"source": {"mode": mode}, "publish": publish, "allow_shrink": 1.0}
    run(tables, **options)
    return options


def test_connection_that_is_lost(tables, harm, numbers, options):
    for number in numbers:
        before = rows_of(tables.destination, "raw")
        change(tables, number)
        harm.plan(number, cut, is_after=is_after(number))
        try:
            told = list(run(harm.databases, **options).failures.values())
        except EltError as error:
            told = [error]
        harm.stop()
        after, now = (
            rows_of(tables.source, "public"),
            rows_of(tables.destination, "raw"),
        )
        assert {error.exit_code for error in told} <= {75}, number
        assert all(now[t] in (before[t], after[t]) for t in TABLES), number
        if options["publish"] is PublishPolicy.TOGETHER:
            assert now in (before, after), number
        assert_mended(tables, number, options)


def test_signal(tables, harm, numbers, options, tmp_path):
    config = CONFIG.format(mode=options["source"]["mode"], publish=options["publish"])
    for number in numbers:
        before = rows_of(tables.destination, "raw")
        change(tables, number)
        with program(harm.databases, tmp_path, config=config) as replicator:
            terminate = sending(replicator, signal.SIGTERM)
            harm.plan(number, terminate, is_after=is_after(number))
            outcome = replicator.wait()
        harm.stop()
        is_published = outcome.code == 0
        expected = rows_of(tables.source, "public") if is_published else before
        assert outcome.code in {0, 143}, outcome.output
        assert rows_of(tables.destination, "raw") == expected, number
        assert last_run(tables.destination)[0] in {"published", "interrupted"}
        assert_mended(tables, number, options)


@pytest.mark.parametrize("is_killed", [False, True], ids=["lost", "killed"])
def test_follower(request, harm, tables, tmp_path, is_killed):
    step = max(_FOLLOWERS_STEP // request.config.getoption("seeds"), 1)
    for number in range(step, _LAST_OF_FOLLOWER + 1, step):
        with following(harm.databases, tmp_path, config=FOLLOWED) as follower:
            act = sending(follower, signal.SIGKILL) if is_killed else cut
            harm.plan(number, act, is_after=is_after(number))
            while not harm.is_done:
                # A change of rows without a key would be for a run.
                change(tables, number, CHANGED[:-1])
                wait_until(lambda: harm.is_done or is_same(tables), "the harm")
            harm.stop()
            if not is_killed:
                wait_until(partial(is_same, tables), "what was changed")
                stop(follower)
        wait_until(partial(is_left_alone, tables.destination), "the end of all")
        assert_mended(tables, number, {"source": LOGICAL, "allow_shrink": 1.0})


def is_after(number):
    """Tell whether harm comes when the server has answered: at one of two numbers."""
    return number // 15 % 2 == 1


def sending(started, number):
    """Return what sends a signal to a program."""
    return lambda _: started.send(number)


def is_same(tables):
    """Tell whether readers see what is at the source."""
    return rows_of(tables.destination, "raw") == rows_of(tables.source, "public")


def is_left_alone(settings):
    """Tell whether no program is at work any more, as its server sees it."""
    return not query(settings, SESSIONS)


def assert_mended(tables, number, options):
    """Assert that the next run brings what there is, and leaves nothing behind."""
    change(tables, number + 1)
    assert not run(tables, **options).failures
    wait_until(lambda: not leftovers(tables.destination), "the end of all")
    assert differing(tables, source=options["source"]) == []

"""What the slot of a standby needs, and how it is made anew when it is lost."""

import pytest
from integration.incremental import lines
from integration.logical import sync as logical_sync
from integration.replication import query, value, wait_until
from integration.standbys import (
    FILMS,
    ONLY_FILMS,
    PUBLISH,
    as_role,
    follow,
    pair_of,
    problems,
    sync,
)
from servers import programs_of

from elt.errors import ConfigError
from elt.replication.findings.finding import Level


@pytest.fixture
def pair(binaries):
    with pair_of(binaries) as pair:
        yield pair


@pytest.fixture
def films(pair, destination_database):
    """Return databases of which the destination has a hundred films."""
    pair.write(FILMS)
    pair.write(PUBLISH)
    databases = pair.to(destination_database)
    sync(pair, databases, source=ONLY_FILMS)
    return databases


def test_an_invalidated_slot_is_replaced(pair, films):
    """A primary whose wal_level is lowered takes away what all slots need."""
    lower, raise_again = (
        f"alter system set wal_level = '{level}'" for level in ("replica", "logical")
    )
    query(pair.writable, lower)
    pair.primary.stop()
    pair.primary.start()
    pair.write("update films set title = 'new' where id = 1")
    wait_until(
        lambda: (
            value(films.source, "select wal_status from pg_replication_slots") == "lost"
        )
    )
    with pytest.raises(ConfigError, match="wal_level of the primary") as refused:
        sync(pair, films, source=ONLY_FILMS)
    assert "ALTER SYSTEM SET wal_level = logical" in refused.value.hint
    assert problems(films) == [(Level.ERROR, refused.value.message, refused.value.hint)]
    query(pair.writable, raise_again)
    pair.primary.stop()
    pair.primary.start()
    pair.catch_up()

    assert follow(pair, films)[1:] == (0, 1, 0)
    assert follow(pair, films, "delete from films where id = 1") == (0, 0, 0, 1)


def test_a_slot_in_the_way_of_replay_is_replaced(pair, films):
    """Without feedback the primary vacuums rows of its catalog that the slot needs."""
    query(films.source, "alter system set hot_standby_feedback = off")
    query(films.source, "select pg_reload_conf()")
    xmin = "select xmin is null and catalog_xmin is null from pg_replication_slots"
    wait_until(lambda: value(pair.writable, xmin), "the end of the feedback")
    # Two transactions: rows that one has both made and removed are in nobody's way.
    pair.write("create table t (n int)")
    pair.write("drop table t")
    pair.write("update films set title = 'new' where id = 1")

    def is_lost():
        # What still looks into the catalog, ANALYZE, say, keeps its rows for a while.
        for catalog in ("pg_class", "pg_attribute", "pg_type"):
            pair.write(f"vacuum {catalog}")
        status = value(films.source, "select wal_status from pg_replication_slots")
        return status == "lost"

    wait_until(is_lost, "the conflict")
    assert "hot_standby_feedback = on" in problems(films)[0][2]

    with lines() as logged:
        first = follow(pair, films)

    assert logged["replaced slot"][0]["reason"] == first[0]
    assert "the source has invalidated its slot" in first[0]
    assert first[1:] == (0, 1, 0)
    assert follow(pair, films, "delete from films where id = 1") == (0, 0, 0, 1)


def test_a_slot_above_its_budget_is_replaced(pair, films):
    pair.write(
        "create table t as select repeat('x', 1000) from generate_series(1, 9999)"
    )

    first = follow(pair, films, wal_budget=1 << 20)

    assert "more than wal_budget" in first[0]


def test_what_a_role_lacks_is_granted_at_the_primary(pair, films, make_role):
    role = make_role(pair.writable)
    pair.write(f"grant select on films to {role.user}")
    databases = as_role(films, role)

    found = [fix for _, _, fix in problems(databases)]

    assert found == [
        f"Run at its primary: ALTER ROLE {role.user} REPLICATION;",
        f"Run at its primary: GRANT pg_read_all_stats TO {role.user};",
    ]
    pair.write(f"alter role {role.user} replication")
    with pytest.raises(ConfigError, match="may not see how far the source has replay"):
        sync(pair, databases, source=ONLY_FILMS)
    pair.write(f"grant pg_read_all_stats to {role.user}")
    assert problems(databases) == []
    found = follow(pair, databases, "update films set title = 'x' where id = 1")
    assert found == (1, 0, 1, 0)


def test_a_standby_before_16_is_refused(binaries, destination_database):
    with pair_of(programs_of(14, binaries)) as pair:
        pair.write(FILMS)

        with pytest.raises(
            ConfigError, match=r"a standby of PostgreSQL 14, .* from 16"
        ):
            logical_sync(pair.to(destination_database), source=ONLY_FILMS)

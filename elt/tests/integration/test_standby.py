"""What a standby does to those who read it: the facts behind decision 21."""

import pytest
from integration.logical import LOGICAL, sync
from integration.replication import configure, session, value
from integration.standbys import pair_of
from servers import programs_of

from elt.errors import ConfigError
from elt.replication.check import check
from elt.replication.findings import Level

IN_SNAPSHOT = "begin isolation level repeatable read read only"
COUNT = "select count(*) from films"


@pytest.fixture
def pair(binaries):
    with pair_of(binaries) as pair:
        yield pair


@pytest.fixture(params=[14, 16, 17, 18], ids="PostgreSQL {}".format)
def versioned_pair(request, binaries):
    with pair_of(programs_of(request.param, binaries)) as pair:
        yield pair


def read_beside_an_open_transaction(pair, *, is_imported):
    """Read a table in a snapshot in which a row's transaction is open; end both."""
    pair.write("create table films (id integer); create table other (n integer)")
    with session(pair.writable) as writer:
        # Its first row is written in a subtransaction.
        writer.execute("begin; savepoint a; insert into films values (1)")
        pair.write("insert into other values (1)")
        with session(pair.readable) as holder, session(pair.readable) as reader:
            holder.execute(f"{IN_SNAPSHOT}; select pg_export_snapshot()")
            [[name]] = holder.fetchall()
            reader.execute(IN_SNAPSHOT)
            if is_imported:
                reader.execute("set transaction snapshot %(name)s", {"name": name})
            reader.execute(COUNT)
        writer.execute("commit")
    pair.catch_up()


def test_an_imported_snapshot_hides_rows_of_a_standby_from_everybody(versioned_pair):
    """Where this fails PostgreSQL has mended it, and decision 21 may be another."""
    read_beside_an_open_transaction(versioned_pair, is_imported=True)

    assert value(versioned_pair.writable, COUNT) == 1
    assert value(versioned_pair.readable, COUNT) == 0
    versioned_pair.standby.stop()
    versioned_pair.standby.start()
    assert value(versioned_pair.readable, COUNT) == 1


def test_a_snapshot_that_is_not_imported_hides_none(pair):
    read_beside_an_open_transaction(pair, is_imported=False)

    assert value(pair.readable, COUNT) == 1


def test_the_snapshot_of_a_standby_does_not_list_what_is_open(pair):
    pair.write("create table films (id integer); create table other (n integer)")
    with session(pair.writable) as writer:
        writer.execute("begin; insert into films values (1)")
        pair.write("insert into other values (1)")
        snapshot = "select pg_current_snapshot()::text"
        of_primary, of_standby = (
            value(settings, snapshot) for settings in (pair.writable, pair.readable)
        )

    assert of_primary.rpartition(":")[0] == of_standby.rpartition(":")[0]
    assert not of_primary.endswith(":")
    assert of_standby.endswith(":")


def test_a_standby_is_warned_of_and_not_read_from_its_wal(pair, destination_database):
    pair.write("create table films (id integer primary key)")
    databases = pair.to(destination_database)
    config = configure(databases, source=LOGICAL)

    report = check(config, config.sources[0])
    with pytest.raises(ConfigError, match="The source is a standby"):
        sync(databases)

    found = {finding.text: finding for finding in report.findings}
    warning = found[
        "is a standby: a snapshot that several sessions read may hide rows, from "
        "other readers too, until it is restarted"
    ]
    assert (warning.level, warning.subject) == (Level.WARNING, "source")
    assert warning.fix == "Name its primary; decision 21 says when this happens."

"""A standby of a server of the tests, which replays what its primary writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from elt.embedded import LOOPBACK, Cluster, free_port, new_home, start_anywhere
from elt.embedded.account import give
from elt.embedded.account import run as run_program

#: The slot by which the primary keeps what its standby has not replayed yet.
PHYSICAL_SLOT = "standby"
FEEDBACK = {"hot_standby_feedback": "on", "wal_receiver_status_interval": "1s"}


@contextmanager
def standby_of(primary: Cluster) -> Iterator[Cluster]:
    """Serve the standby of a cluster until the block ends, then remove it."""
    standby = replace(primary, directory=new_home(), port=free_port())
    standby.data.mkdir(mode=0o700)
    give(standby.data)
    try:
        _copy(primary, standby)
        standby = start_anywhere(standby)
        yield standby
    finally:
        standby.remove()


def _copy(primary: Cluster, standby: Cluster) -> None:
    """Copy the files of a primary that runs, and let them be those of a standby."""
    outcome = run_program(
        primary.binaries / "pg_basebackup",
        *("-h", LOOPBACK, "-p", str(primary.port), "-U", primary.user),
        *("-D", standby.data, "-R", "-C", "-S", PHYSICAL_SLOT, "-c", "fast", "-N"),
    )
    assert outcome.returncode == 0, outcome.stderr
    # What pg_basebackup has written there is of its own libpq, and the last one counts.
    own = {"primary_conninfo": f"host={LOOPBACK} port={primary.port} user=postgres"}
    with (standby.data / "postgresql.auto.conf").open("a") as settings:
        for name, value in (own | FEEDBACK).items():
            settings.write(f"{name} = '{value}'\n")

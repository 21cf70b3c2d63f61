"""A gate in the destination, before which a replicator waits in the middle of a copy.

While a file lies in the pod of the destination, no row of ratings after the first
thousands is let into the table where they are loaded.
It needs no connection that stays open, so it holds whatever else is stopped or killed.
"""

from contextlib import contextmanager

from waiting import wait_until

_FILE = "/tmp/gate"  # noqa: S108 - in a pod, whose /tmp is its own
_POD = "elt-destination-0"
_MAKE = f"""
create schema if not exists gate;
create or replace function gate.pass() returns trigger language plpgsql as $$
begin
    while (pg_stat_file('{_FILE}', true)).size is not null loop
        perform pg_sleep(0.1);
    end loop;
    return new;
end $$;
create or replace function gate.build() returns event_trigger language plpgsql as $$
declare
    shadow text;
begin
    select object_identity into shadow from pg_event_trigger_ddl_commands()
    where schema_name ~ '^elt_shadow' and object_identity ~ '\\.ratings$';
    if shadow is not null then
        execute format('create trigger gate before insert on %s for each row '
            'when (new.rating_id %% 10000 = 9999) execute function gate.pass()',
            shadow);
    end if;
end $$;
drop event trigger if exists gate;
create event trigger gate on ddl_command_end when tag in ('CREATE TABLE')
execute function gate.build();
"""
_WAITING = (
    "select count(*) from pg_stat_activity "
    "where wait_event = 'PgSleep' and query ilike 'copy%'"
)
#: Every row of the table has to be copied again when one has changed.
_CHANGE = "update ratings set stars = 6 - stars where rating_id between 100 and 200"


@contextmanager
def closed_gate(release):
    """Change the source, and hold the next replicator in mid-copy; yield what opens it.

    After the block the gate is open in any case.
    """
    release.destination(_MAKE)
    release.source(_CHANGE)
    release.namespace.kubectl("exec", _POD, "--", "touch", _FILE)

    def open_gate():
        release.namespace.kubectl("exec", _POD, "--", "rm", "-f", _FILE)

    try:
        yield open_gate
    finally:
        open_gate()


def wait_for_copy(release):
    """Wait until a replicator stands before the gate: thousands of rows are in."""
    wait_until(
        lambda: release.destination(_WAITING) != [("0",)], "a replicator in mid-copy"
    )

"""How old a replica may be, and the query by which dbt learns how old it is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from elt.errors import UsageError

#: `this` is the replica. The end of its last published sync says when it was last
#: equal to the source; the age of its newest row would not, because a table that
#: nobody writes to would look stale.
LOADED_AT_QUERY = """\
select max(stream_syncs.finished_at)
from elt.streams
inner join elt.stream_syncs
  on streams.source = stream_syncs.source
  and streams.stream = stream_syncs.stream
where streams.destination_schema = '{{ this.schema }}'
  and streams.destination_table = '{{ this.identifier }}'
  and stream_syncs.status = 'published'
"""
#: The same of a table whose rows are in its partitions; without any it is as fresh as
#: the last run.
LOADED_AT_QUERY_OF_PARTS = """\
with recursive parts as (
  select pg_class.oid
  from pg_class
  inner join pg_namespace
    on pg_class.relnamespace = pg_namespace.oid
  where pg_namespace.nspname = '{{ this.schema }}'
    and pg_class.relname = '{{ this.identifier }}'
  union all
  select pg_inherits.inhrelid
  from parts
  inner join pg_inherits
    on parts.oid = pg_inherits.inhparent
)
select coalesce(
  max(stream_syncs.finished_at),
  (
    select max(finished_at) from elt.sync_runs
    where status = 'published'
  )
)
from parts
inner join pg_class
  on parts.oid = pg_class.oid
inner join pg_namespace
  on pg_class.relnamespace = pg_namespace.oid
inner join elt.streams
  on pg_namespace.nspname = streams.destination_schema
  and pg_class.relname = streams.destination_table
inner join elt.stream_syncs
  on streams.source = stream_syncs.source
  and streams.stream = stream_syncs.stream
where stream_syncs.status = 'published'
"""
_UNITS = {"m": "minute", "h": "hour", "d": "day"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """A length of time in the units that dbt counts in."""

    count: int
    #: minute, hour or day
    unit: str


#: As nothing knows how often runs are to come: once a day.
WARN_AFTER = Period(count=1, unit="day")
ERROR_AFTER = Period(count=2, unit="day")


def parse_period(text: str) -> Period:
    """Read a period such as `90m`, `36h` or `2d`."""
    match = re.fullmatch(r"([1-9]\d*)([mhd])", text)
    if match is None:
        message = f"{text!r} is not a period"
        raise UsageError(message, hint="Write a number and m, h or d, as in 36h.")
    return Period(count=int(match[1]), unit=_UNITS[match[2]])


def freshness(warn_after: Period, error_after: Period) -> dict[str, object]:
    """Return what dbt compares the end of the last sync with, of each table."""
    periods = {"warn_after": warn_after, "error_after": error_after}
    return {
        "freshness": {
            name: {"count": period.count, "period": period.unit}
            for name, period in periods.items()
        },
        "loaded_at_query": LOADED_AT_QUERY,
    }

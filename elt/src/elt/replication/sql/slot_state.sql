-- name: find_known_slot
-- The slot of a source, as the state has it.
select
    s.slot,
    s.publication,
    -- A check also reads the state of an earlier version.
    coalesce((to_jsonb(s) ->> 'owns_publication')::boolean, false) as owns_publication,
    s.complete_from::text::bigint as complete_from
from elt.slots as s
where s.source = %(source)s

-- name: list_other_slots
-- The slots of sources that are not among some.
select source, slot
from elt.slots
where source <> all(%(sources)s)
order by source

-- name: announce_slot
-- Record that a slot is about to be made: from here on it is ours.
insert into elt.slots (source, slot, publication, owns_publication)
values (%(source)s, %(slot)s, %(publication)s, %(owns_publication)s)
on conflict (source) do update
set slot = excluded.slot,
    publication = excluded.publication,
    owns_publication = excluded.owns_publication,
    complete_from = null,
    created_at = null,
    retained_bytes = null,
    measured_at = null

-- name: save_publication
-- Record which publication is read, and whether it is ours.
update elt.slots
set publication = %(publication)s, owns_publication = %(owns_publication)s
where source = %(source)s

-- name: complete_slot
-- Record that the slot is there.
update elt.slots
set complete_from = %(complete_from)s::text::xid8,
    created_at = now(),
    retained_bytes = 0,
    measured_at = now()
where source = %(source)s

-- name: distrust_slot
-- Let the next run make the slot anew.
update elt.slots set complete_from = null where source = %(source)s

-- name: measure_slot
-- Record how much WAL the slot makes the source keep.
update elt.slots
set retained_bytes = %(retained_bytes)s, measured_at = now()
where source = %(source)s

-- name: forget_slot
-- Record that there is no slot any more.
delete from elt.slots where source = %(source)s

-- name: save_lag
-- Record how far logical streams are behind, by the clock of the source.
update elt.streams
set lag_bytes = pg_wal_lsn_diff(%(lsn)s, lsn)::bigint,
    lag_seconds = extract(epoch from %(at)s::timestamptz - snapshot_at)
where source = %(source)s and mode = 'logical' and lsn is not null

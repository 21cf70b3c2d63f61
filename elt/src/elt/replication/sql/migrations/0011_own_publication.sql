-- Whose the publication is: one that elt.yaml named for a while is not ours to drop.
alter table elt.slots add column owns_publication boolean not null default false;
comment on column elt.slots.owns_publication is 'Whether elt looks after the publication and drops it with the slot; false for one that elt.yaml names and for that of a standby.';

-- Earlier versions did not record it: one that elt makes has the name of the slot.
update elt.slots set owns_publication = publication = slot;

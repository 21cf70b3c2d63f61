-- `elt status`: what of the source its replicas do not have.
alter table elt.streams add column shape text;
comment on column elt.streams.shape is 'What of the table does not leave its source, in words: columns, values, rows; null when all of it does.';

create table elt.not_copied (
    source text not null,
    object text not null,
    reason text not null
);
comment on table elt.not_copied is 'What the last published run of all streams of a source did not copy: views, foreign tables, constraints, indexes and the like.';
comment on column elt.not_copied.source is 'Name of the source in the configuration.';
comment on column elt.not_copied.object is 'What it is: schema.table, or a part of it.';
comment on column elt.not_copied.reason is 'Why it is not copied.';

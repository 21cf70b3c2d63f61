-- What raw holds is what the replicator counted at the source, to the row.

select
    source_name,
    stream_name,
    source_row_count,
    raw_row_count

from {{ ref('stream_health') }}

where stream_state <> 'gone' and row_count_difference <> 0

"""What a session is given that decodes WAL: memory, at the source."""

#: So much of a transaction is kept in memory while it is decoded, unless the source
#: allows more. With 64 MB, the default, 300,000 updates go through files, and take
#: twice as long.
DECODING = """
select set_config(name, '128MB', false)
from pg_settings
where name = 'logical_decoding_work_mem' and setting::bigint < 131072
"""

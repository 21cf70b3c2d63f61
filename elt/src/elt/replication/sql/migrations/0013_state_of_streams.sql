-- What `failed` says of a stream that a later run left alone.
comment on column elt.streams.state is 'ready: published and equal at its last publish; failed: a run failed at it since then, and last_error says why; gone: its table no longer exists at the source. A run that failed for another reason leaves it as it was.';

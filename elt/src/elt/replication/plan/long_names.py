"""Refuses names that the destination would cut.

They are as long as a server allows at a source in another encoding. Nothing here talks
to a database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from elt.errors import ConfigError
from elt.replication.design.replica import Replica
from elt.replication.plan.landings import LONGEST_NAME


def refuse_long_names(replicas: Iterable[Replica]) -> None:
    """Raise ConfigError for names that are longer at the destination than allowed."""
    long = list(dict.fromkeys(n for replica in replicas for n in _long_names(replica)))
    if long:
        message = (
            f"Names are longer than {LONGEST_NAME} bytes in the encoding of the "
            f"destination: {', '.join(long)}"
        )
        hint = "Rename them at the source, or exclude the tables in elt.yaml."
        raise ConfigError(message, hint=hint)


def _long_names(replica: Replica) -> Iterator[str]:
    """Yield those of a replica; in the encoding of its source they are short enough."""
    if not any(column.is_recoded for column in replica.columns):
        return
    names = [replica.stream.relation.name, *(c.name for c in replica.columns)]
    names += [part.name for part in (*replica.constraints, *replica.indexes)]
    for name in names:
        if len(name.encode()) > LONGEST_NAME:
            yield name

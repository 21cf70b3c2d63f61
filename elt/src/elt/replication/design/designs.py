"""The replicas of a plan together: what one of them has depends on others."""

from __future__ import annotations

from elt.replication.design.inheritance import agree_on_generation
from elt.replication.design.omissions import Capabilities
from elt.replication.design.replica import Replica, design_replica
from elt.replication.design.streams import Plan


def design_replicas(plan: Plan, capabilities: Capabilities) -> list[Replica]:
    """Return the replicas of a plan: its partitioned tables, then its streams."""
    everything = (*plan.partitioned, *plan.streams)
    by_oid = {stream.relation.oid: stream for stream in everything}
    designs = [
        design_replica(stream, plan.landings, by_oid, capabilities)
        for stream in (*everything, *plan.relatives)
    ]
    agreed = agree_on_generation(designs, capabilities.version)
    return agreed[: len(everything)]

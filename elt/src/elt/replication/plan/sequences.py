"""Sequences that belong to no identity column: which are carried over, and how.

The sequences of identity columns are parts of their replicas. All others, stand-alone
ones and those of `serial` columns, become sequences where their schemas land, with the
values that they have at the source. Nothing here talks to a database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from elt.config import SourceConfig
from elt.errors import ConfigError
from elt.replication.catalog.names import qualify_name, quote_name
from elt.replication.catalog.tables import Place, Relation, write_name
from elt.replication.design.streams import NotCopied
from elt.replication.plan.landings import refuse_landing
from elt.replication.sessions.positions import Position

#: Begins the comment of a sequence that elt has made. The name of the source follows,
#: then, on lines of its own, the comment that the sequence has there.
_MARK = "Set by every run of elt for source "
#: So many names stand in one line of what is not copied.
_MOST_NAMES = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceSequence:
    """A sequence of the source, as the snapshot of a run shows it."""

    schema: str
    name: str
    #: Table and column that own it, if any do.
    table_schema: str | None
    table_name: str | None
    column: str | None
    #: How it counts, in the words of CREATE SEQUENCE.
    options: str
    comment: str | None
    file_node: int
    can_enter_schema: bool
    can_select: bool
    #: Whether it is unlogged, and this a standby.
    has_no_value: bool

    @property
    def place(self) -> Place:
        """Return schema and name."""
        return self.schema, self.name


@dataclass(frozen=True, kw_only=True, slots=True)
class Sequences:
    """The sequences that a run carries over, and what it does not, which may grow."""

    source: SourceConfig
    chosen: Sequence[SourceSequence]
    positions: Mapping[Place, Position] = field(default_factory=dict)
    #: Those that the destination has from earlier runs, and where these are.
    ours: Sequence[Place] = ()
    held_positions: Mapping[Place, Position] = field(default_factory=dict)
    not_copied: list[NotCopied] = field(default_factory=list)

    @property
    def landings(self) -> set[str]:
        """Return the schemas in which they land."""
        return {schema for schema, _ in map(self.landing, self.chosen)}

    def landing(self, sequence: SourceSequence) -> Place:
        """Return where a sequence lands."""
        return _landing(self.source, sequence)

    def comment(self, sequence: SourceSequence) -> str:
        """Return what a sequence is to be called by: our mark, then its own comment."""
        return "\n".join(filter(None, [mark_of(self.source), sequence.comment]))


def mark_of(source: SourceConfig) -> str:
    """Return the line that tells sequences of a source from those of others.

    It is the first of their comments.
    """
    return _MARK + source.name


def is_ours(relation: Relation) -> bool:
    """Tell whether a relation of the destination is a sequence that elt has made."""
    return relation.kind == "S" and (relation.comment or "").startswith(_MARK)


def choose_sequences(
    source: SourceConfig,
    found: Iterable[SourceSequence],
    ours: Iterable[Relation] = (),
) -> Sequences:
    """Decide which sequences are carried over, and say why others are not.

    One that a column owns goes with the column, any other with its own name. `ours` are
    those that the destination has from earlier runs.
    """
    wanted = [sequence for sequence in found if _is_chosen(source, sequence)]
    chosen: list[SourceSequence] = []
    not_copied: list[NotCopied] = []
    unreadable: defaultdict[str, list[SourceSequence]] = defaultdict(list)
    for sequence in wanted:
        reason = _lack_of_landing(source, sequence.schema)
        if sequence.has_no_value:
            reason = "it is unlogged, and a standby does not have its value"
        if reason is not None:
            name = write_name(*sequence.place)
            not_copied.append(NotCopied(name=name, reason=reason))
        elif not (sequence.can_enter_schema and sequence.can_select):
            unreadable[sequence.schema].append(sequence)
        else:
            chosen.append(sequence)
    role = source.connection.user
    not_copied += [_lacking_grant(lacking, role) for lacking in unreadable.values()]
    landings = {_landing(source, sequence) for sequence in wanted}
    held = {r.place for r in ours if _first_line(r.comment) == mark_of(source)}
    for place in sorted(held - landings):
        name = f"sequence {write_name(*place)} of the destination"
        reason = "the source no longer has it, or elt.yaml leaves it out: it stays"
        not_copied.append(NotCopied(name=name, reason=reason))
    return Sequences(
        source=source,
        chosen=chosen,
        ours=[p for p in (_landing(source, s) for s in chosen) if p in held],
        not_copied=not_copied,
    )


def _first_line(comment: str | None) -> str:
    return (comment or "").partition("\n")[0]


def _landing(source: SourceConfig, sequence: SourceSequence) -> Place:
    return source.landing_schema(sequence.schema), sequence.name


def _is_chosen(source: SourceConfig, sequence: SourceSequence) -> bool:
    if sequence.table_schema is None or sequence.table_name is None:
        return source.covers(write_name(*sequence.place))
    table = write_name(sequence.table_schema, sequence.table_name)
    hidden = source.stream(table).shape.hidden
    return source.covers(table) and sequence.column not in hidden


def _lack_of_landing(source: SourceConfig, schema: str) -> str | None:
    try:
        refuse_landing(schema, source.landing_schema(schema))
    except ConfigError as error:
        return error.message
    return None


def _lacking_grant(sequences: Sequence[SourceSequence], role: str) -> NotCopied:
    """Name sequences of one schema that may not be read, with what would help."""
    first, *others = sequences
    listed = [write_name(*sequence.place) for sequence in sequences]
    names = ", ".join(listed[:_MOST_NAMES])
    if len(listed) > _MOST_NAMES:
        names += f" and {len(listed) - _MOST_NAMES} more"
    schema, to = quote_name(first.schema), quote_name(role)
    grant = f"GRANT SELECT ON SEQUENCE {qualify_name(*first.place)} TO {to};"
    if others:
        grant = f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {to};"
    if not first.can_enter_schema:
        grant = f"GRANT USAGE ON SCHEMA {schema} TO {to}; {grant}"
    what = "their values" if others else "its value"
    reason = f"role {role} may not read {what}; run at the source: {grant}"
    return NotCopied(name=names, reason=reason)

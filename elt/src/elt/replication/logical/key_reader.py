"""Takes the keys of rows that changed out of the messages of the WAL.

It says as well of which tables keys cannot tell what changed. Most messages are never
decoded: of a new row, its key is all that is wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from elt.replication.logical.pgoutput import (
    PREFIX_BYTES,
    decode,
    first_value,
    first_values,
    prefixes_of,
    relation_of,
)
from elt.replication.logical.wal_messages import (
    UNCHANGED,
    Delete,
    Insert,
    Relation,
    Truncate,
    Update,
    Values,
)

#: Keys of which a repetition is noticed at once: a counter may be updated for ever.
_RECENT_KEYS = 50_000


@dataclass(kw_only=True)
class KeyReader:
    """Reads the keys of rows that changed from messages, one after the other."""

    #: By object id of the table, the columns of its key; none where its rows can be
    #: told by all their values only.
    keys: Mapping[int, Collection[str]]
    #: Takes a table and a key of it, as a line for COPY.
    write: Callable[[int, bytes], None]
    #: Tables of which all rows must be read, and why.
    in_full: dict[int, str] = field(default_factory=dict)
    _positions: dict[int, tuple[int, ...]] = field(default_factory=dict)
    #: By the prefix of their messages, tables whose key is their first column.
    _leading: dict[bytes, int] = field(default_factory=dict)
    _recent: set[tuple[int, bytes]] = field(default_factory=set)

    def forget_recent(self) -> None:
        """Write keys once more that were written a moment ago."""
        self._recent.clear()

    def take(self, data: bytes) -> None:
        """Note what a message says of rows or tables; others say nothing of them."""
        oid = self._leading.get(data[:PREFIX_BYTES])
        if oid is not None and (text := first_value(data)) is not None:
            if oid not in self.in_full:
                self._note(oid, escape(text) + b"\n")
            return
        oid = relation_of(data)
        if oid is not None:
            if oid not in self.keys or oid in self.in_full:
                return
            positions = self._positions.get(oid)
            if positions and (values := first_values(data, max(positions) + 1)):
                self._note_key(oid, [values[position] for position in positions])
                return
        message = decode(data)
        if isinstance(message, Insert | Update | Delete):
            self._take_row(message)
        elif isinstance(message, Truncate):
            self.in_full.update(dict.fromkeys(message.oids, "it was truncated"))
        elif isinstance(message, Relation):
            self._learn(message)

    def _take_row(self, message: Insert | Update | Delete) -> None:
        """Note the key of a row, and the one that it had before."""
        old = None if isinstance(message, Insert) else message.old
        if old is not None:
            self._touch(message.oid, old)
        if isinstance(message, Delete):
            return
        new = message.new
        self._touch(message.oid, new if old is None else fill(new, old))

    def _learn(self, relation: Relation) -> None:
        """Find the key among the columns that follow.

        Of a key that is not the identity, an UPDATE does not say what it was.
        """
        columns = self.keys.get(relation.oid)
        if columns is None:
            return
        names = [column.name for column in relation.columns]
        identity = {c.name for c in relation.columns if c.is_identity}
        if identity.issuperset(columns):
            positions = tuple(names.index(c) for c in columns)
            self._positions[relation.oid] = positions
            for prefix in prefixes_of(relation.oid):
                self._leading.pop(prefix, None)
                if positions == (0,):
                    self._leading[prefix] = relation.oid
        else:
            self.in_full[relation.oid] = "the WAL does not have all columns of its key"

    def _touch(self, oid: int, values: Values) -> None:
        if oid in self.in_full:
            return
        positions = self._positions[oid]
        if not positions:
            self.in_full[oid] = "its rows changed, and have no key in the WAL"
            return
        key = [values[position] for position in positions]
        texts = [value for value in key if isinstance(value, bytes)]
        if len(texts) < len(key):
            self.in_full[oid] = "its key was not in the WAL for a while"
            return
        self._note_key(oid, texts)

    def _note_key(self, oid: int, texts: Iterable[bytes]) -> None:
        self._note(oid, b"\t".join(map(escape, texts)) + b"\n")

    def _note(self, oid: int, line: bytes) -> None:
        """Write a key, unless that was done a moment ago."""
        if (oid, line) in self._recent:
            return
        if len(self._recent) >= _RECENT_KEYS:
            self._recent.clear()
        self._recent.add((oid, line))
        self.write(oid, line)


def fill(new: Values, old: Values) -> Values:
    """Return a new row with the values that were left as they were."""
    return tuple(
        before if after is UNCHANGED else after
        for after, before in zip(new, old, strict=True)
    )


def escape(text: bytes) -> bytes:
    r"""Return a value as the text form of COPY has it: no tabs, line ends, backslashes.

    The commonest values, whole numbers, need nothing.
    """
    if text.isalnum():
        return text
    return (
        text.replace(b"\\", b"\\\\")
        .replace(b"\t", b"\\t")
        .replace(b"\n", b"\\n")
        .replace(b"\r", b"\\r")
    )

"""Which rows the WAL says were touched: messages in, keys and facts out.

Only keys are taken from the WAL; the rows themselves are read in the snapshot. So a
change that is seen twice does no harm: its row is read again, as it is. One that the
snapshot certainly does not see yet waits, as the WAL from there on is read once more.
Nothing here talks to a database.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from elt.replication.pgoutput import (
    PREFIX_BYTES,
    decode,
    first_value,
    first_values,
    prefixes_of,
    relation_of,
)
from elt.replication.wal_messages import (
    UNCHANGED,
    Begin,
    Delete,
    Insert,
    LogicalMessage,
    Relation,
    Truncate,
    Update,
    Values,
)

#: Prefix of the messages that runs leave in the WAL.
MARK_PREFIX = "elt"
#: Kinds of messages that say nothing of rows or tables.
BEGIN, MESSAGE = b"B", b"M"
#: What Python needs for a transaction, besides its keys.
_TRANSACTION_BYTES = 600
#: Keys of which a repetition is noticed at once: a counter may be updated for ever.
_RECENT_KEYS = 50_000
_HALF = 1 << 31
_WHOLE = 1 << 32


@dataclass(frozen=True, kw_only=True, slots=True)
class Visibility:
    """Which transactions a snapshot sees."""

    horizon: int
    #: No transaction from here on is seen.
    next_transaction: int
    #: Those before it that were in progress.
    in_progress: frozenset[int]

    @classmethod
    def from_text(cls, snapshot: str) -> Visibility:
        """Return what the text of a pg_snapshot says, as in 10:20:10,14."""
        horizon, next_transaction, listed = snapshot.split(":")
        in_progress = frozenset(int(xid) for xid in listed.split(",") if xid)
        return cls(
            horizon=int(horizon),
            next_transaction=int(next_transaction),
            in_progress=in_progress,
        )

    def sees(self, transaction: Begin | Transaction) -> bool:
        """Tell whether a transaction that committed is seen, by half of its number.

        The upper half is that which brings it near the snapshot.
        """
        distance = (transaction.xid - self.next_transaction + _HALF) % _WHOLE - _HALF
        number = self.next_transaction + distance
        return number < self.next_transaction and number not in self.in_progress

    def may_see(self, transaction: Begin | Transaction) -> bool:
        """Tell whether one may be seen; here that is no more than is seen."""
        return self.sees(transaction)


@dataclass(frozen=True, kw_only=True, slots=True)
class Replayed:
    """Which transactions the snapshot of a standby sees for certain.

    The text of such a snapshot does not list those in progress. But a standby shows
    transactions in the order in which they committed.
    """

    #: Up to where the standby had replayed before the snapshot.
    lsn: int

    def sees(self, transaction: Begin | Transaction) -> bool:
        """Tell whether a transaction had committed there."""
        return transaction.commit_lsn < self.lsn

    def may_see(self, _: Begin | Transaction) -> bool:
        """Tell that any may be seen: replay goes on before the snapshot is taken."""
        return True


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
            self.in_full[relation.oid] = "its key had other columns for a while"

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


@dataclass(kw_only=True, slots=True)
class Transaction:
    """A transaction of the source, as the keys of the rows that it touched."""

    xid: int
    #: Where its commit record begins.
    commit_lsn: int
    #: By table, as lines for COPY.
    lines: dict[int, bytearray] = field(default_factory=dict)
    #: The mark of a run or a batch.
    mark: str | None = None
    #: Whether rows changed, of whatever table.
    has_changes: bool = False

    @property
    def bytes(self) -> int:
        """Return about how much memory it takes."""
        return _TRANSACTION_BYTES + sum(map(len, self.lines.values()))


@dataclass(kw_only=True)
class WalKeys:
    """What is gathered from the WAL, up to the snapshot and a little further."""

    #: As those of a reader.
    keys: Mapping[int, Collection[str]]
    snapshot: Visibility | Replayed
    #: Takes a table and some of its keys, as lines for COPY.
    write: Callable[[int, bytes | bytearray], None]
    #: What runs before this one left.
    marks: set[str] = field(default_factory=set)
    #: Where the commit record of the first transaction begins that is not seen.
    first_unseen: int | None = None
    #: How many keys were written, by table.
    touched: dict[int, int] = field(default_factory=dict)
    #: Tables of which all rows must be read, and why.
    in_full: dict[int, str] = field(default_factory=dict)
    _reader: KeyReader = field(init=False)
    #: Whether the snapshot cannot see the transaction that is being read.
    _waits: bool = False

    def __post_init__(self) -> None:
        self._reader = KeyReader(
            keys=self.keys, write=self._write, in_full=self.in_full
        )

    def take(self, data: bytes) -> None:
        """Note what one message says."""
        kind = data[:1]
        if kind == BEGIN:
            begin = decode(data)
            if isinstance(begin, Begin):
                self._begin(begin)
        elif kind == MESSAGE:
            mark = read_mark(data)
            if mark is not None:
                self.marks.add(mark)
        elif not self._waits or relation_of(data) is None:
            self._reader.take(data)

    def add(self, transaction: Transaction) -> None:
        """Note what a transaction touched whose messages were read already."""
        self._begin(transaction)
        if transaction.mark is not None:
            self.marks.add(transaction.mark)
        if self._waits:
            return
        for oid, lines in transaction.lines.items():
            self._write(oid, lines, keys=lines.count(b"\n"))

    def _begin(self, transaction: Begin | Transaction) -> None:
        """Note from where the next run reads: what waits is read again there."""
        self._waits = not self.snapshot.may_see(transaction)
        if self.first_unseen is None and not self.snapshot.sees(transaction):
            self.first_unseen = transaction.commit_lsn

    def _write(self, oid: int, lines: bytes | bytearray, *, keys: int = 1) -> None:
        self.touched[oid] = self.touched.get(oid, 0) + keys
        self.write(oid, lines)


def read_mark(data: bytes) -> str | None:
    """Return the mark that a message is, None for one of somebody else."""
    message = decode(data)
    if isinstance(message, LogicalMessage) and message.prefix == MARK_PREFIX:
        return message.content.decode(errors="replace")
    return None


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

"""Which rows the WAL says were touched, until a snapshot: messages in, keys out.

Only keys are taken from the WAL; the rows themselves are read in the snapshot. So a
change that is seen twice does no harm: its row is read again, as it is. One that the
snapshot certainly does not see yet waits, as the WAL from there on is read once more.
Nothing here talks to a database.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from elt.replication.logical.key_reader import KeyReader
from elt.replication.logical.pgoutput import decode, relation_of
from elt.replication.logical.wal_messages import Begin, LogicalMessage

#: Prefix of the messages that runs leave in the WAL.
MARK_PREFIX = "elt"
#: Kinds of messages that say nothing of rows or tables.
BEGIN, MESSAGE = b"B", b"M"
#: What Python needs for a transaction, besides its keys.
_TRANSACTION_BYTES = 600
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

    #: As those of its reader.
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

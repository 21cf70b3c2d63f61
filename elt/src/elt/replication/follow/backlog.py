"""What a stream has sent and no publish has covered yet: whole transactions, in memory.

Of a transaction only the keys are kept, which are read as the messages come. What a
batch does not see stays here for the next one, so nothing is sent twice. Nothing here
talks to a database.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from elt.replication.logical.key_reader import KeyReader
from elt.replication.logical.pgoutput import decode
from elt.replication.logical.wal_keys import (
    BEGIN,
    MESSAGE,
    Replayed,
    Transaction,
    Visibility,
    WalKeys,
    read_mark,
)
from elt.replication.logical.wal_messages import Begin

#: More than this is read from the slot anew, by a run, which keeps none of it.
LARGEST_BACKLOG = 16 << 20
_COMMIT, _RELATION = b"C", b"R"
#: Messages that say that rows changed.
_CHANGES = frozenset({b"I", b"U", b"D", b"T"})


class UnusualError(Exception):
    """Something happened that a batch leaves to a run."""


class NoSlotError(UnusualError):
    """There is no slot to follow, and the next run will hardly make one."""


@dataclass(kw_only=True)
class Backlog:
    """Transactions that were received and that no published snapshot has seen."""

    #: By object id of the table, the columns of its key.
    keys: Mapping[int, Collection[str]]
    transactions: list[Transaction] = field(default_factory=list)
    #: The last mark that was received: with it came all that was written before.
    mark: str | None = None
    #: How each table was described, once for all transactions.
    _relations: dict[int, bytes] = field(default_factory=dict)
    #: The one whose commit is still to come.
    _open: Transaction | None = None
    _bytes: int = 0
    _reader: KeyReader = field(init=False)

    def __post_init__(self) -> None:
        self._reader = KeyReader(keys=self.keys, write=self._keep)

    @property
    def has_changes(self) -> bool:
        """Tell whether rows changed that nobody has looked at."""
        return any(transaction.has_changes for transaction in self.transactions)

    def take(self, data: bytes) -> None:
        """Take a message.

        Raises UnusualError where it is better to begin anew.
        """
        kind = data[:1]
        if kind in _CHANGES:
            if self._open is not None:
                self._open.has_changes = True
                self._reader.take(data)
        elif kind == BEGIN:
            self._begin(data)
        elif kind == _RELATION:
            self._describe(data)
        elif kind == MESSAGE:
            self._note_mark(data)
        elif kind == _COMMIT and self._open is not None:
            self._close(self._open)
            self._open = None

    def tell(self, wal: WalKeys) -> None:
        """Hand on what all transactions touched."""
        wal.in_full.update(self._reader.in_full)
        for transaction in self.transactions:
            wal.add(transaction)

    def forget(self, snapshot: Visibility | Replayed) -> None:
        """Forget the transactions that a snapshot sees, after it is published.

        The mark of its batch lies behind it, and stays: the next batch has to find it.
        """
        kept = [t for t in self.transactions if not snapshot.sees(t)]
        self._bytes -= sum(t.bytes for t in self.transactions)
        self._bytes += sum(t.bytes for t in kept)
        self.transactions = kept

    def _describe(self, data: bytes) -> None:
        """Note how a table is described; by a change of that, the table has changed."""
        oid = int.from_bytes(data[1:5], "big")
        if self._relations.setdefault(oid, data) != data:
            raise UnusualError("a table changed")
        self._reader.take(data)

    def _note_mark(self, data: bytes) -> None:
        mark = read_mark(data)
        if mark is not None:
            self.mark = mark
            if self._open is not None:
                self._open.mark = mark

    def _begin(self, data: bytes) -> None:
        begin = decode(data)
        if isinstance(begin, Begin):
            self._open = Transaction(xid=begin.xid, commit_lsn=begin.commit_lsn)
            self._count(self._open.bytes)
            # Transactions are forgotten one by one, so each has all of its keys.
            self._reader.forget_recent()

    def _close(self, transaction: Transaction) -> None:
        """Keep a transaction that says something.

        Before version 15 the source also sends those that wrote nothing that is
        published: by the ten thousand, where others write.
        """
        if transaction.has_changes or transaction.mark is not None:
            self.transactions.append(transaction)
        else:
            self._bytes -= transaction.bytes

    def _keep(self, oid: int, line: bytes) -> None:
        if self._open is not None:
            self._open.lines.setdefault(oid, bytearray()).extend(line)
            self._count(len(line))

    def _count(self, size: int) -> None:
        self._bytes += size
        if self._bytes > LARGEST_BACKLOG:
            raise UnusualError("more was written than a batch holds")

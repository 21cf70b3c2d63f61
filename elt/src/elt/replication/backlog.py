"""What a stream has sent and no publish has covered yet: whole transactions, in memory.

What a batch does not see stays here for the next one, so nothing is sent twice. Nothing
here talks to a database.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from elt.replication.pgoutput import Begin, LogicalMessage, decode
from elt.replication.wal_keys import MARK_PREFIX, Visibility

#: More than this is read from the slot anew, by a run, which keeps none of it.
LARGEST_BACKLOG = 16 << 20
#: What Python needs to keep a message, besides its bytes.
_OVERHEAD = 60
_BEGIN, _COMMIT, _RELATION, _MESSAGE = b"B", b"C", b"R", b"M"
#: Messages that say that rows changed.
_CHANGES = frozenset({b"I", b"U", b"D", b"T"})


class UnusualError(Exception):
    """Something happened that a batch leaves to a run."""


class NoSlotError(UnusualError):
    """There is no slot to follow, and the next run will hardly make one."""


@dataclass(kw_only=True, slots=True)
class Transaction:
    """A transaction of the source, as its messages."""

    xid: int
    messages: list[bytes]
    bytes: int = 0
    has_changes: bool = False


@dataclass(kw_only=True, slots=True)
class Backlog:
    """Transactions that were received and that no published snapshot has seen."""

    transactions: list[Transaction] = field(default_factory=list)
    #: The last mark that was received: with it came all that was written before.
    mark: str | None = None
    #: How each table was described, once for all transactions.
    _relations: dict[int, bytes] = field(default_factory=dict)
    #: The one whose commit is still to come.
    _open: Transaction | None = None
    _bytes: int = 0

    @property
    def has_changes(self) -> bool:
        """Tell whether rows changed that nobody has looked at."""
        return any(transaction.has_changes for transaction in self.transactions)

    def take(self, data: bytes) -> None:
        """Take a message.

        Raises UnusualError where it is better to begin anew.
        """
        kind = data[:1]
        if kind == _BEGIN:
            begin = decode(data)
            if isinstance(begin, Begin):
                self._open = Transaction(xid=begin.xid, messages=[])
        elif kind == _RELATION:
            self._describe(data)
            return
        elif kind == _MESSAGE:
            self._note_mark(data)
        if self._open is None:
            return
        self._keep(self._open, data)
        if kind == _COMMIT:
            self.transactions.append(self._open)
            self._open = None

    def messages(self) -> Iterator[bytes]:
        """Return all messages, as somebody who begins to read would get them."""
        yield from self._relations.values()
        for transaction in self.transactions:
            yield from transaction.messages

    def forget(self, snapshot: Visibility) -> None:
        """Forget the transactions that a snapshot sees, after it is published.

        The mark of its batch lies behind it, and stays: the next batch has to find it.
        """
        kept = [t for t in self.transactions if not snapshot.sees(t.xid)]
        self._bytes -= sum(t.bytes for t in self.transactions)
        self._bytes += sum(t.bytes for t in kept)
        self.transactions = kept

    def _describe(self, data: bytes) -> None:
        """Note how a table is described; by a change of that, the table has changed."""
        oid = int.from_bytes(data[1:5], "big")
        if self._relations.setdefault(oid, data) != data:
            raise UnusualError("a table changed")

    def _note_mark(self, data: bytes) -> None:
        message = decode(data)
        if isinstance(message, LogicalMessage) and message.prefix == MARK_PREFIX:
            self.mark = message.content.decode(errors="replace")

    def _keep(self, transaction: Transaction, data: bytes) -> None:
        size = len(data) + _OVERHEAD
        transaction.messages.append(data)
        transaction.bytes += size
        transaction.has_changes |= data[:1] in _CHANGES
        self._bytes += size
        if self._bytes > LARGEST_BACKLOG:
            raise UnusualError("more was written than a batch holds")

"""A proxy before a server: at some message of a program it does harm."""

import socket
import threading
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial

from servers import Databases

from elt.embedded import LOOPBACK

#: What a program may send in place of its first message.
_CANCEL = (80877102).to_bytes(4, "big")
_ENCRYPT = tuple(code.to_bytes(4, "big") for code in (80877103, 80877104))
_QUERY = b"Q"
#: The end of an answer, and the beginning of one that has no end.
_ANSWERED = (b"Z", b"W")


@dataclass(kw_only=True)
class Harm:
    """What is done once, at a message of whatever session, and which messages came."""

    #: By way of which programs send messages.
    databases: Databases | None = None
    #: Gets the session that sent the message.
    act: Callable[["_Session"], None] | None = None
    #: Of the message; none is harmed without a number.
    number: int | None = None
    #: Whether the server has answered by then, which the program does not hear yet.
    is_after: bool = False
    is_done: bool = False
    _count: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, number, act, *, is_after):
        """Do harm at a message from now on."""
        with self._lock:
            self.act, self.number, self.is_after = act, number, is_after
            self.is_done, self._count = False, 0

    def stop(self):
        """Do no harm any more."""
        with self._lock:
            self.number = None

    def is_due(self):
        """Count a message; tell whether this is the one."""
        with self._lock:
            self._count += 1
            is_due = self._count == self.number
            self.is_done |= is_due
            return is_due


def cut(session):
    """End a session on both sides."""
    session.end()


class _Session:
    """What a program and a server send each other, message by message."""

    def __init__(self, client, port, harm):
        self._client, self._harm = client, harm
        self._server = socket.create_connection((LOOPBACK, port))
        for one in (client, self._server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        #: How many messages were sent, and how many of these answered.
        self._sent = self._answered = 0
        #: The answer at which harm is done.
        self._harmed = None

    def run(self):
        """Hand on what both send, until they are gone."""
        answering, start = threading.Thread(target=self._answer), b""
        with self._client, self._server:
            with suppress(OSError), self._client.makefile("rb") as sent:
                while (start := _read_start(sent))[4:8] in _ENCRYPT:
                    self._client.sendall(b"N")
                self._sent = 1
                self._server.sendall(start)
                answering.start()
                while message := _read_message(sent):
                    self._send(message)
            # Who cancels goes before the server has done so.
            if start[4:8] != _CANCEL:
                self.end()
            if answering.ident:
                answering.join()

    def end(self):
        """End the session on both sides."""
        for one in (self._client, self._server):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _send(self, message):
        if message[:1] == _QUERY:
            self._sent += 1
            if self._harm.is_due():
                if self._harm.is_after:
                    self._harmed = self._sent
                else:
                    self._harm.act(self)
        self._server.sendall(message)

    def _answer(self):
        with suppress(OSError), self._server.makefile("rb") as answers:
            while message := _read_message(answers):
                if message[:1] in _ANSWERED:
                    self._answered += 1
                    if self._answered == self._harmed:
                        self._harm.act(self)
                self._client.sendall(message)
        self.end()


def _read_start(file):
    """Return the first message, which has no kind; nothing where there is none."""
    length = file.read(4)
    return length and length + file.read(int.from_bytes(length, "big") - 4)


def _read_message(file):
    """Return the next message; nothing where there is none."""
    head = file.read(5)
    return head and head + file.read(int.from_bytes(head[1:], "big") - 4)


@contextmanager
def proxied(databases, harm):
    """Give databases that are reached by way of proxies."""
    with (
        _proxy(databases.source, harm) as source,
        _proxy(databases.destination, harm) as destination,
    ):
        yield Databases(source, destination)


@contextmanager
def _proxy(settings, harm):
    with socket.create_server((LOOPBACK, 0)) as listener:
        serve = partial(_serve, listener, settings.port, harm)
        threading.Thread(target=serve, daemon=True).start()
        port = listener.getsockname()[1]
        try:
            yield replace(settings, port=port)
        finally:
            listener.shutdown(socket.SHUT_RDWR)


def _serve(listener, port, harm):
    with suppress(OSError):
        while True:
            session = _Session(listener.accept()[0], port, harm)
            threading.Thread(target=session.run, daemon=True).start()

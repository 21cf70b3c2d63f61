"""Log lines: text for a person at a terminal, one JSON object a line elsewhere.

A message is constant, lowercase and in the past tense; what varies is a field.
Values of rows, passwords and whole SQL statements are never fields.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from textwrap import indent
from types import TracebackType
from typing import TextIO

_FIELDS = "elt_fields"


class Logger:
    """A standard logger whose facts are keyword arguments."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def debug(self, message: str, **fields: object) -> None:
        """Log a step, for those who debug."""
        self._log(logging.DEBUG, message, fields)

    def info(self, message: str, **fields: object) -> None:
        """Log a finished unit of work."""
        self._log(logging.INFO, message, fields)

    def warning(self, message: str, **fields: object) -> None:
        """Log what a person may want to act upon."""
        self._log(logging.WARNING, message, fields)

    def error(self, message: str, **fields: object) -> None:
        """Log a failure of the run."""
        self._log(logging.ERROR, message, fields)

    def _log(self, level: int, message: str, fields: Mapping[str, object]) -> None:
        self._logger.log(level, message, extra={_FIELDS: fields})


def logger(name: str) -> Logger:
    """Return the logger of a module."""
    return Logger(name)


def configure(
    *,
    log_format: str | None = None,
    verbose: bool = False,
    stream: TextIO | None = None,
    also: logging.Handler | None = None,
) -> None:
    """Send the package's log to a stream, as text or as JSON lines.

    Without a format: text when the stream is a terminal, JSON lines otherwise.
    A further handler gets every record, too.
    """
    handler = _StandardError() if stream is None else logging.StreamHandler(stream)
    if log_format is None:
        log_format = "text" if handler.stream.isatty() else "json"
    handler.setFormatter(TextFormatter() if log_format == "text" else JsonFormatter())
    package = logging.getLogger("elt")
    handlers: list[logging.Handler] = [handler]
    package.handlers[:] = handlers if also is None else [*handlers, also]
    package.setLevel(logging.DEBUG if verbose else logging.INFO)
    package.propagate = False


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes to what standard error is just then.

    While bars are drawn, a stand-in puts lines above them; others would be drawn over.
    """

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr


def log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Log an exception that nobody caught, in the form of all other lines.

    For sys.excepthook: a bug ends here, and so does what psycopg2 prints when a server
    ends a connection with two errors at once in mid-COPY.
    """
    package = logging.getLogger("elt")
    package.error("failed unexpectedly", exc_info=(kind, error, trace))


class TextFormatter(logging.Formatter):
    """`12:00:03 UTC INFO    synced stream  stream=public.films rows=1000`.

    A value of several lines, such as statements to run, stands below, to be copied.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a line of text."""
        time = datetime.fromtimestamp(record.created, UTC).astimezone()
        texts = {key: _text(value) for key, value in _fields(record).items()}
        facts = [f"{key}={_quoted(t)}" for key, t in texts.items() if "\n" not in t]
        blocks = [f"{key}: {text}" for key, text in texts.items() if "\n" in text]
        first, *others = record.getMessage().splitlines() or [""]
        # Other lines, those of locks and of elt status, have times in UTC.
        line = f"{time:%H:%M:%S %Z} {record.levelname:<7} {first}"
        line = "  ".join([line, " ".join(facts)]) if facts else line
        if record.exc_info:
            blocks.append(self.formatException(record.exc_info))
        # Indented, so that no value can pass for a line of the log.
        return "\n".join([line, *others, *(indent(block, "  ") for block in blocks)])


class JsonFormatter(logging.Formatter):
    """One object with `time`, `level`, `message` and the fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        return json.dumps(to_document(record), default=str, ensure_ascii=False)


def to_document(record: logging.LogRecord) -> dict[str, object]:
    """Return a record as the object that is a line of JSON."""
    time = datetime.fromtimestamp(record.created, UTC)
    document: dict[str, object] = {
        "time": time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "message": record.getMessage(),
        **_fields(record),
    }
    if record.exc_info:
        document["traceback"] = logging.Formatter().formatException(record.exc_info)
    return document


def _fields(record: logging.LogRecord) -> Mapping[str, object]:
    fields: Mapping[str, object] = getattr(record, _FIELDS, {})
    return {key: value for key, value in fields.items() if value is not None}


def _text(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _quoted(text: str) -> str:
    """Quote what a reader could not tell from its neighbours, or a terminal obeys."""
    is_plain = text.isprintable() and text != "" and not any(c in ' "=' for c in text)
    return text if is_plain else json.dumps(text, ensure_ascii=False)

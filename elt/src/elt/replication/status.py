"""What is known of every stream, read from the state alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from elt.postgres import Connection, fetch
from elt.replication.state import has_state, queries
from elt.tables import format_table, human_bytes, human_seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamStatus:
    """One stream, as people ask for it."""

    source: str
    stream: str
    destination: str
    mode: str
    state: str
    rows: int | None
    published_at: datetime | None
    #: Seconds since the instant of the source that the replica shows.
    age_seconds: float | None
    #: How far a logical stream is behind; None for the other modes.
    lag_bytes: int | None
    lag_seconds: float | None
    #: Method of the last receipt, and whether both sides were equal.
    receipt: str | None
    is_equal: bool | None
    last_error: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RunStatus:
    """The last run of a source."""

    source: str
    run_id: int
    status: str
    started_at: datetime
    seconds: float | None
    changed: int | None
    error: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """Every stream, and the last run of every source."""

    streams: Sequence[StreamStatus]
    runs: Sequence[RunStatus]

    def to_document(self) -> dict[str, Any]:
        """Return the status as JSON can hold it."""
        return {
            "streams": [asdict(stream) for stream in self.streams],
            "runs": [asdict(run) for run in self.runs],
        }


def read_status(connection: Connection) -> Status:
    """Read the state; there is none before the first run."""
    if not has_state(connection):
        return Status(streams=[], runs=[])
    return Status(
        streams=fetch(connection, StreamStatus, queries["list_streams"]),
        runs=fetch(connection, RunStatus, queries["list_last_runs"]),
    )


def format_status(status: Status) -> str:
    """Return the status for a person."""
    if not status.streams and not status.runs:
        return "Nothing was replicated yet. Run elt replicate."
    headers = ("STREAM", "REPLICA", "MODE", "STATE", "ROWS", "AGE", "LAG", "RECEIPT")
    table = format_table(headers, [_row(stream) for stream in status.streams])
    errors = [f"{s.stream}: {s.last_error}" for s in status.streams if s.last_error]
    runs = [_describe(run) for run in status.runs]
    return "\n".join([table, "", *errors, *runs])


def _row(stream: StreamStatus) -> tuple[object, ...]:
    verdict = {True: "equal", False: "differs", None: ""}[stream.is_equal]
    age = None if stream.age_seconds is None else human_seconds(stream.age_seconds)
    return (
        stream.stream,
        stream.destination,
        stream.mode,
        stream.state,
        stream.rows,
        age,
        _describe_lag(stream),
        f"{stream.receipt} {verdict}" if stream.receipt else None,
    )


def _describe_lag(stream: StreamStatus) -> str | None:
    """Return what the source had written, and how long ago, when it was last asked."""
    if stream.lag_bytes is None or stream.lag_seconds is None:
        return None
    return f"{human_bytes(stream.lag_bytes)}, {human_seconds(stream.lag_seconds)}"


def _describe(run: RunStatus) -> str:
    """Return one sentence about a run."""
    started = f"{run.started_at:%Y-%m-%d %H:%M:%S} UTC"
    took = "" if run.seconds is None else f", {run.seconds:.1f} s"
    is_visible = run.status in {"published", "following"}
    what = f", {run.changed} rows changed" if is_visible else ""
    why = f": {run.error}" if run.error else ""
    name = f"Run {run.run_id} of source {run.source}"
    return f"{name} {run.status} ({started}{took}{what}){why}"

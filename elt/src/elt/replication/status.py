"""What is known of every stream, read from the state alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from elt.postgres import Connection, fetch
from elt.queries import load_queries
from elt.replication.state.state import has_state
from elt.tables import format_table, human_bytes, human_count, human_seconds

queries = load_queries("elt.replication", "sql/status.sql")

_HEADERS = (
    "SOURCE",
    "STREAM",
    "REPLICA",
    "MODE",
    "STATE",
    "ROWS",
    "AGE",
    "LAG",
    "RECEIPT",
)


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
    #: What does not leave the source, in words.
    shape: str | None
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
    exit_code: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Omission:
    """Something that the last run of all streams of a source did not copy."""

    source: str
    object: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """Every stream, the last run of every source, and what is not copied."""

    streams: Sequence[StreamStatus]
    runs: Sequence[RunStatus]
    not_copied: Sequence[Omission] = ()

    @property
    def has_several_sources(self) -> bool:
        """Tell whether names of streams do not say which one is meant."""
        of_streams = {stream.source for stream in self.streams}
        return len(of_streams | {run.source for run in self.runs}) > 1

    def to_document(self) -> dict[str, Any]:
        """Return the status as JSON can hold it."""
        return {
            "streams": [asdict(stream) for stream in self.streams],
            "runs": [asdict(run) for run in self.runs],
            "not_copied": [asdict(omission) for omission in self.not_copied],
        }


def read_status(connection: Connection) -> Status:
    """Read the state; there is none before the first run."""
    if not has_state(connection):
        return Status(streams=[], runs=[])
    return Status(
        streams=fetch(connection, StreamStatus, queries["list_streams"]),
        runs=fetch(connection, RunStatus, queries["list_last_runs"]),
        not_copied=_list_not_copied(connection),
    )


def _list_not_copied(connection: Connection) -> list[Omission]:
    """Read what is not copied; a state of an older version does not know it yet."""
    if not has_state(connection, "elt.not_copied"):
        return []
    return fetch(connection, Omission, queries["list_not_copied"])


def format_status(status: Status) -> str:
    """Return the status for a person."""
    if not status.streams and not status.runs:
        return "Nothing was replicated yet. Run elt replicate."
    # One source goes without saying.
    first = 0 if status.has_several_sources else 1
    rows = [_row(stream)[first:] for stream in status.streams]
    lines = [*_list_shapes(status), *_list_omissions(status), *_list_errors(status)]
    lines += _tell_gone(status)
    runs = [_describe(run) for run in status.runs]
    return "\n".join([format_table(_HEADERS[first:], rows), "", *lines, *runs])


def _list_shapes(status: Status) -> list[str]:
    return [f"{_name(status, s)}: {s.shape}" for s in status.streams if s.shape]


def _list_omissions(status: Status) -> list[str]:
    return [
        f"{_name(status, omission)} is not copied: {omission.reason}"
        for omission in status.not_copied
    ]


def _list_errors(status: Status) -> list[str]:
    failed = [stream for stream in status.streams if stream.last_error]
    return [f"{_name(status, stream)}: {stream.last_error}" for stream in failed]


def _tell_gone(status: Status) -> list[str]:
    gone = sum(1 for stream in status.streams if stream.state == "gone")
    if not gone:
        return []
    what = human_count(gone, "replica")
    return [f"{what} of tables that their source no longer has: elt prune drops such"]


def _name(status: Status, of: StreamStatus | Omission) -> str:
    """Name a stream or an object, and its source where that is not the only one."""
    name = of.object if isinstance(of, Omission) else of.stream
    return f"{name} of source {of.source}" if status.has_several_sources else name


def _row(stream: StreamStatus) -> tuple[object, ...]:
    verdict = {True: "equal", False: "differs", None: ""}[stream.is_equal]
    age = None if stream.age_seconds is None else human_seconds(stream.age_seconds)
    return (
        stream.source,
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
    what = f", {human_count(run.changed or 0, 'row')} changed" if is_visible else ""
    why = f": {run.error}" if run.error else ""
    if run.status == "published" and run.exit_code and not run.error:
        # With `publish: each` some streams may have failed, also before they had state.
        why = f", but some of its streams failed: exit code {run.exit_code}"
    name = f"Run {run.run_id} of source {run.source}"
    return f"{name} {run.status} ({started}{took}{what}){why}"

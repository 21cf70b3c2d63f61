"""Reads what a pod said at its end, and says it in a sentence.

The commands of elt write their last log line, one JSON object, as the termination
message of their container. Where something else ended the container, it is whatever
the kubelet found at the end of the log.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass

from elt.control.fields import Manifest, number, text
from elt.control.observed import Job, Observed, Pod, Termination
from elt.tables import human_count

_LONGEST_TEXT = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """WAL that a replication slot makes a source keep, and how much it may be."""

    retained_bytes: int
    wal_budget: int


def describe_result(observed: Observed, job: Job) -> str:
    """Return how a finished Job ended, in the words of its last pod if it left any."""
    pod = _last_ended(observed.pods_of(job))
    said = describe_termination(pod.termination) if pod and pod.termination else ""
    if job.is_complete:
        return said or "Complete."
    if job.is_permanently_failed:
        return said or _sentence(job.failure_message)
    # The Job knows why it gave up, the pod what went wrong.
    why = f"{job.failure_reason}: {job.failure_message}".strip(": ")
    return " ".join(filter(None, [said, _sentence(why)])) or "Failed."


def describe_failed_try(observed: Observed, job: Job) -> str:
    """Return how the last pod of a Job failed, nothing if none has yet."""
    pod = _last_ended(observed.pods_of(job))
    if pod is None or pod.termination is None or not pod.termination.exit_code:
        return ""
    return describe_termination(pod.termination)


def find_slot(observed: Observed, job: Job) -> Slot | None:
    """Return what the slot of a source kept when the last pod of a Job measured it."""
    pod = _last_ended(observed.pods_of(job))
    result = _parse(pod.termination.message) if pod and pod.termination else None
    return None if result is None else read_slot(result)


def read_slot(document: Manifest) -> Slot | None:
    """Return what a result or a record says of a slot, None if it says nothing."""
    kept, budget = number(document, "retained_bytes"), number(document, "wal_budget")
    if kept is None or budget is None:
        return None
    return Slot(retained_bytes=kept, wal_budget=budget)


def describe_termination(termination: Termination) -> str:
    """Return what a container said at its end."""
    result = _parse(termination.message)
    if result is None:
        return _killed(termination, _shortened(termination.message))
    if text(result, "level") in {"error", "critical"} or "exit_code" in result:
        code = number(result, "exit_code") or termination.exit_code
        parts = [text(result, "message"), text(result, "hint"), f"Exit code {code}"]
        return " ".join(_sentence(part) for part in parts if part)
    if termination.exit_code:
        return _killed(termination, f"its last words: {text(result, 'message')}")
    return _success(result)


def _killed(termination: Termination, said: str) -> str:
    """Return how a container ended that could not say so itself."""
    code = f"Exit code {termination.exit_code}" if termination.exit_code else ""
    parts = [termination.reason, said, code]
    return " ".join(_sentence(part) for part in parts if part)


def _success(result: Manifest) -> str:
    match result:
        case {
            "message": "finished run",
            "read": int(),
            "streams": int(),
            "changed": int(changed),
        }:
            return (
                f"Replicated {_count(result, 'read', 'row')}"
                f" of {_count(result, 'streams', 'stream')}{_in_time(result)};"
                f" {changed:,} changed."
            )
        case {"message": "finished dbt", "models": int(), "tests": int()}:
            return (
                f"Built {_count(result, 'models', 'model')} and ran"
                f" {_count(result, 'tests', 'test')}{_in_time(result)}"
                f"{_warnings(result)}."
            )
        case {"message": "seeded database", "rows": int(), "tables": int()}:
            return (
                f"Seeded {_count(result, 'rows', 'row')}"
                f" in {_count(result, 'tables', 'table')}{_in_time(result)}."
            )
    facts = [
        f"{key} {value}"
        for key, value in result.items()
        if key not in {"time", "level", "message", "retained_bytes", "wal_budget"}
    ]
    return _sentence(
        ": ".join(filter(None, [text(result, "message"), ", ".join(facts)]))
    )


def _last_ended(pods: tuple[Pod, ...]) -> Pod | None:
    ended = [pod for pod in pods if pod.termination is not None]
    return ended[-1] if ended else None


def _parse(message: str) -> Manifest | None:
    """Return the last JSON object of a message, which may be the tail of a log."""
    for line in reversed(message.strip().splitlines()):
        try:
            result = json.loads(line)
        except ValueError:
            continue
        if isinstance(result, dict) and isinstance(result.get("message"), str):
            return result
    return None


def _shortened(message: str) -> str:
    lines = message.strip().splitlines()
    last = lines[-1].strip() if lines else ""
    return last if len(last) <= _LONGEST_TEXT else last[: _LONGEST_TEXT - 1] + "…"


def _count(result: Manifest, key: str, thing: str) -> str:
    return human_count(number(result, key) or 0, thing)


def _warnings(result: Manifest) -> str:
    warned = number(result, "warned")
    return f"; {warned:,} warned" if warned else ""


def _in_time(result: Manifest) -> str:
    seconds = result.get("seconds")
    if not isinstance(seconds, int | float):
        return ""
    return f" in {seconds:.1f} seconds"


def _sentence(part: str) -> str:
    part = _in_one_line(part)
    if not part:
        return ""
    return part[:1].upper() + part[1:] + ("" if part[-1] in ".!?;…" else ".")


def _in_one_line(text: str) -> str:
    """Return a list of several lines as one: `kubectl get events` shows no second."""
    lines = filter(None, map(str.strip, text.splitlines()))
    return functools.reduce(_continued, lines, "")


def _continued(text: str, line: str) -> str:
    if not text or text[-1] in ".:;,!?":
        return f"{text} {line}".strip()
    return f"{text}; {line}"

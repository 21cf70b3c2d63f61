"""What happened to the Jobs of a namespace, as one observer with one clock saw it."""

import time
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread

from commands import start

_FIELDS = (
    "{.metadata.name}",
    "{.spec.suspend}",
    '{.status.conditions[?(@.type=="Complete")].status}',
    "{.metadata.annotations.elt/run-id}",
)
_FORMAT = f"jsonpath={'|'.join(_FIELDS)}{{'\\n'}}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """A state of a Job, and when it was seen."""

    seconds: float
    job: str
    is_suspended: bool
    is_complete: bool
    run_id: str


@contextmanager
def watched_jobs(namespace):
    """Yield a list to which each new state of a Job is added."""
    seen = []
    program = start(
        *("kubectl", "--namespace", namespace.name, "get", "jobs", "--watch"),
        *("--output", _FORMAT),
    )

    def read():
        seen.extend(sighting(line) for line in program.stdout)

    reader = Thread(target=read)
    reader.start()
    try:
        yield seen
    finally:
        program.terminate()
        program.wait()
        reader.join()
        program.stdout.close()


def sighting(line):
    job, suspended, complete, run_id = line.rstrip("\n").split("|")
    return Sighting(
        seconds=time.monotonic(),
        job=job,
        is_suspended=suspended == "true",
        is_complete=complete == "True",
        run_id=run_id,
    )


def reactions(seen, replicator):
    """Return the seconds from the end of each replication to the release it allowed."""
    ends, releases = {}, {}
    for state in seen:
        if state.job == replicator and state.is_complete:
            ends.setdefault(state.run_id, state.seconds)
        elif state.job != replicator and state.run_id and not state.is_suspended:
            releases.setdefault(state.run_id, state.seconds)
    return [releases[run] - end for run, end in ends.items() if run in releases]

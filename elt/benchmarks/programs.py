"""Running the programs that are measured: whole processes, in stages and pipes."""

from __future__ import annotations

import resource
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from subprocess import DEVNULL, PIPE, Popen
from tempfile import TemporaryFile
from typing import IO

from benchmarks.errors import BenchmarkError
from benchmarks.processes import PeakMemory

#: A program and its arguments.
Command = Sequence[str]
#: Commands that run at the same time, the output of each the input of the next.
Stage = Sequence[Command]

_TAIL_BYTES = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """What programs took."""

    seconds: float
    cpu_seconds: float
    #: 0 when they ended before anybody looked.
    peak_bytes: int


def run_stages(stages: Sequence[Stage], environ: Mapping[str, str]) -> Usage:
    """Run stages one after the other and return what they took.

    Raises BenchmarkError, with the end of what was said, when a program fails.
    """
    cpu_before, started = _ended_children_cpu_seconds(), time.perf_counter()
    peaks = [_run_stage(stage, environ) for stage in stages]
    return Usage(
        seconds=time.perf_counter() - started,
        cpu_seconds=_ended_children_cpu_seconds() - cpu_before,
        peak_bytes=max(peaks),
    )


def _run_stage(stage: Stage, environ: Mapping[str, str]) -> int:
    """Run the commands of one stage and return their peak memory."""
    with TemporaryFile() as errors:
        processes = _start(stage, environ, errors)
        try:
            # Begun only now: before it becomes its program, a process has our size.
            with PeakMemory([process.pid for process in processes]) as peak:
                codes = [process.wait() for process in processes]
        finally:
            for process in processes:
                process.kill()  # does nothing to one that has ended
        for command, code in zip(stage, codes, strict=True):
            if code != 0:
                message = f"{command[0]} ended with {code}:\n{_tail(errors)}"
                raise BenchmarkError(message)
    return peak.bytes


def _start(
    stage: Stage, environ: Mapping[str, str], errors: IO[bytes]
) -> list[Popen[bytes]]:
    processes: list[Popen[bytes]] = []
    for position, command in enumerate(stage, start=1):
        before = processes[-1].stdout if processes else None
        process = Popen(
            command,
            stdin=before or DEVNULL,
            stdout=DEVNULL if position == len(stage) else PIPE,
            stderr=errors,
            env=environ,
        )
        if before is not None:
            before.close()  # only the reader holds it now, so its end is noticed
        processes.append(process)
    return processes


def _ended_children_cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _tail(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read()[-_TAIL_BYTES:].decode(errors="replace").strip()

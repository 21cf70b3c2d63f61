"""What a check finds, and how it is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from elt.errors import EltError
from elt.replication.design.streams import NotCopied


class Level(StrEnum):
    """How much a finding matters."""

    OK = "ok"  #: as it should be
    NOTE = "note"  #: worth knowing
    WARNING = "warning"  #: works, but a person may want to change it
    ERROR = "error"  #: a run would fail


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One line of the report."""

    level: Level
    subject: str
    text: str
    fix: str | None = None
    exit_code: int = 0


def ok(subject: str, text: str) -> Finding:
    """Return the finding about what is as it should be."""
    return Finding(level=Level.OK, subject=subject, text=text)


def left_out(objects: Iterable[NotCopied]) -> Iterator[Finding]:
    """Yield a note on each object that the destination will not have."""
    for missing in objects:
        text = f"{missing.name} is not copied: {missing.reason}"
        yield Finding(level=Level.NOTE, subject="streams", text=text)


def failed(subject: str, error: EltError) -> Finding:
    """Return the finding about an error that a run would end with."""
    return Finding(
        level=Level.ERROR,
        subject=subject,
        text=error.message,
        fix=error.hint,
        exit_code=error.exit_code,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckReport:
    """All findings about one source and the destination."""

    source: str
    findings: Sequence[Finding]

    @property
    def exit_code(self) -> int:
        """Return the exit code that a run would have; 0 when it would work."""
        return worst(finding.exit_code for finding in self.findings)

    def to_document(self) -> dict[str, Any]:
        """Return the report as JSON can hold it."""
        return {
            "source": self.source,
            "exit_code": self.exit_code,
            "findings": [asdict(finding) for finding in self.findings],
        }


def worst(codes: Iterable[int]) -> int:
    """Return the exit code that matters most: what must be changed, then the rest."""
    found = set(codes)
    return next((code for code in (78, 75, 1) if code in found), 0)


def format_report(report: CheckReport) -> str:
    """Return the report for a person: one line per finding, what to do below it."""
    marks = {Level.OK: "✓", Level.NOTE: "·", Level.WARNING: "!", Level.ERROR: "✗"}
    lines = [f"source {report.source}"]
    for finding in report.findings:
        first, *others = finding.text.splitlines()
        lines.append(f"  {marks[finding.level]} {finding.subject}: {first}")
        lines += [f"      {line.strip()}" for line in others]
        if finding.fix:
            lines += [f"      {line.strip()}" for line in finding.fix.splitlines()]
    errors = sum(finding.level is Level.ERROR for finding in report.findings)
    verdict = (
        "a run would work" if not errors else f"{errors} to be mended before a run"
    )
    return "\n".join([*lines, f"  {verdict}"])

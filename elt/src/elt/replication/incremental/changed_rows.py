"""Load just the rows that changed, and find those that the source no longer has.

What comes out is what a comparison of all rows would find: a shadow, and a list of what
differs. Where that turns out to be impossible, or slower, the answer is to read all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from elt.config import Verification
from elt.postgres import transaction
from elt.replication.design.replica import Replica
from elt.replication.incremental.changes import Changes, Pipe, no_changes
from elt.replication.incremental.deleted_keys import (
    RangeCounts,
    choose_scale,
    count_both,
    count_coming,
    narrow,
)
from elt.replication.incremental.merge import Merge, find_or_merge
from elt.replication.incremental.range_survey import (
    expects_deletes,
    survey_ranges,
)
from elt.replication.incremental.reads import CursorRange, FullRead, XminScan
from elt.replication.incremental.scans import LARGEST_SHARE
from elt.replication.incremental.survey import (
    Estimate,
    Survey,
    estimate_changed,
    take_survey,
)
from elt.replication.rows.copy import Copied
from elt.replication.rows.difference import Difference, find_deleted, make_key_tables
from elt.replication.rows.from_item import source_rows, table_rows
from elt.replication.rows.receipts import Method, Tally
from elt.replication.rows.shadow import (
    copy_changes_in,
    copy_keys_in,
    drop_shadow,
    make_changes_shadow,
    sum_hashes,
)
from elt.replication.sessions.snapshot import copy_changes, copy_keys, count_deletes

#: Of a table of fewer pages nobody estimates which share changed: to read it as a whole
#: takes no longer, whatever would find the rows.
_SMALL_PAGES = 1000
#: The places of so many rows take a few megabytes, here and at the source. Of more, a
#: second scan is a small part of what they take.
_MOST_PLACES = 500_000


class _Surveyed(NamedTuple):
    """What both sides hold, and in which ranges of keys, where these were counted."""

    survey: Survey
    counts: RangeCounts | None = None
    #: Rows that the source has counted as deleted.
    deletes: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangedRows:
    """A stream whose changes are to be loaded."""

    replica: Replica
    read: XminScan | CursorRange
    verification: Verification
    #: Rows of the replica after its last publish.
    known_rows: int | None
    #: Rows that the source had counted as deleted then.
    known_deletes: int | None = None
    #: Whether nobody looked for deleted rows until now.
    had_ignored_deletes: bool = False

    @property
    def method(self) -> Method:
        """Return how the receipt is made."""
        if self.replica.stream.ignores_deletes:
            return Method.READ
        if self.verification is Verification.CHANGES:
            return Method.CHANGES
        return Method(self.verification)


def load_changes(stream: ChangedRows, pipe: Pipe) -> Changes | FullRead:
    """Load what changed; return why every row must be read where that is better."""
    replica, writer = stream.replica, pipe.writer
    if (unchanged := unchanged_at_once(stream)) is not None:
        return unchanged
    estimate = Estimate(changed=0, rows=0)
    if replica.stream.relation.pages >= _SMALL_PAGES:
        estimate = estimate_changed(pipe.reader, replica, stream.read.condition)
    if estimate.share > LARGEST_SHARE:
        return FullRead(reason=f"about {estimate.share:.0%} of its rows changed")
    condition, surveyed = stream.read.condition, None
    tallied = tallied_first(stream, estimate)
    if tallied is not Method.READ:
        surveyed = _survey(stream, pipe, tallied)
        survey = surveyed.survey
        if (unchanged := counted_equal(stream, survey, surveyed.deletes)) is not None:
            return unchanged
        condition = survey.condition
    with transaction(writer):
        make_changes_shadow(writer, replica)
        copied = pipe.copy(copy_changes(replica, condition), copy_changes_in(replica))
    loaded = Tally(rows=copied.rows, checksum=sum_hashes(writer, replica))
    difference, merge = find_or_merge(
        writer,
        replica,
        copied.rows,
        is_counted=surveyed is not None,
        scale=surveyed.counts.scale if surveyed and surveyed.counts else None,
    )
    changes = Changes(
        copied=copied,
        difference=difference,
        method=stream.method,
        source=loaded,
        merge=merge,
    )
    if surveyed is None:
        return changes
    return _settle_deletes(stream, pipe, changes, surveyed)


def _survey(stream: ChangedRows, pipe: Pipe, tallied: Method | None) -> _Surveyed:
    """Count both sides; in each range of keys, where rows are likely to be gone."""
    replica, condition = stream.replica, stream.read.condition
    connections = pipe.reader, pipe.writer
    if stream.method is not Method.CHANGES:
        return _Surveyed(take_survey(replica, condition, connections, tallied))
    deletes, scale = count_deletes(pipe.reader, replica), None
    if expects_deletes(stream.known_deletes, deletes):
        scale = choose_scale(replica, pipe.writer, stream.known_rows or 0)
    if scale is None:
        survey = take_survey(replica, condition, connections, tallied)
        return _Surveyed(survey, deletes=deletes)
    survey, counts = survey_ranges(
        replica, condition, connections, scale, finds=tallied is None
    )
    return _Surveyed(survey, counts=counts, deletes=deletes)


def tallied_first(stream: ChangedRows, estimate: Estimate) -> Method | None:
    """Return how the source is tallied before its changes are copied.

    None where they are found by the same scan, as there is one and they are not too
    many; `read` where nobody counts.
    """
    method = stream.method
    if method not in {Method.CHANGES, Method.READ}:
        return method
    is_small = stream.replica.stream.relation.pages < _SMALL_PAGES
    if method is Method.READ:
        return None if is_small else method
    scans = is_small or isinstance(stream.read, XminScan)
    return None if scans and estimate.changed <= _MOST_PLACES else Method.COUNT


def unchanged_at_once(stream: ChangedRows) -> Changes | None:
    """Return that nothing changed, where no transaction wrote anything anywhere."""
    rows = stream.known_rows
    scan = stream.read.scan if isinstance(stream.read, CursorRange) else stream.read
    may_have_kept = stream.had_ignored_deletes and stream.method is not Method.READ
    if not scan.finds_nothing or rows is None or may_have_kept:
        return None
    if stream.method not in {Method.CHANGES, Method.READ}:
        return None
    return no_changes(rows)


def counted_equal(
    stream: ChangedRows, survey: Survey, deletes: int | None
) -> Changes | None:
    """Return that nothing changed, where counts alone show it."""
    is_read = stream.method is Method.READ
    if not (survey.is_unchanged or (is_read and survey.changed == 0)):
        return None
    tally = Tally(rows=0 if is_read else survey.source.rows, checksum=Decimal(0))
    return Changes(
        copied=Copied(rows=0, bytes=0),
        difference=Difference(),
        method=stream.method,
        source=tally,
        source_deletes=deletes,
        published_rows=survey.published,
        destination=tally,
    )


def _settle_deletes(
    stream: ChangedRows, pipe: Pipe, changes: Changes, surveyed: _Surveyed
) -> Changes | FullRead:
    """Compare counts, and keys where these differ.

    Every row that is new was read; so the source has lost rows exactly when it has
    fewer than the replica will have.
    """
    replica, copied, difference = stream.replica, changes.copied, changes.difference
    survey = surveyed.survey
    if stream.method is Method.READ:
        return replace(changes, published_rows=survey.published)
    source, published = survey.source, survey.published
    if source.rows < published + difference.inserted:
        deleted, keys = _find_deleted(replica, pipe, changes.merge, surveyed)
        difference = replace(difference, deleted=deleted)
        copied = Copied(rows=copied.rows, bytes=copied.bytes + keys.bytes)
    if source.rows != published + difference.inserted - difference.deleted:
        drop_shadow(pipe.writer, replica)
        return FullRead(reason="its replica does not have the rows that were published")
    if stream.method is Method.CHANGES:
        source = Tally(rows=source.rows, checksum=changes.source.checksum)
    is_idle = stream.method is Method.CHANGES and not copied.rows
    return replace(
        changes,
        copied=copied,
        difference=difference,
        source=source,
        source_deletes=surveyed.deletes,
        published_rows=published,
        destination=source if is_idle and not difference.total else None,
    )


def _find_deleted(
    replica: Replica, pipe: Pipe, merge: Merge | None, surveyed: _Surveyed
) -> tuple[int, Copied]:
    """Bring keys of the source over; list the rows whose keys are not among them."""
    reader, writer = pipe.reader, pipe.writer
    counts, ranges = surveyed.counts, None
    if counts is None:
        counts = count_both(replica, reader, writer, surveyed.survey.published)
    if counts is not None:
        coming = merge.new_ranges if merge is not None else None
        if coming is None:
            is_listed = merge is None
            coming = count_coming(replica, writer, counts.scale, is_listed=is_listed)
        ranges = narrow(counts, coming)
    there, here = (
        rows if ranges is None else ranges.rows_of(rows)
        for rows in (source_rows(replica.stream), table_rows(replica.stream.place))
    )
    with transaction(writer):
        make_key_tables(writer, [replica])
        keys = pipe.copy(copy_keys(replica, there), copy_keys_in(replica))
    return find_deleted(writer, replica, here), keys

"""Each build gets a replication of its own first; what comes out is equal and new."""

import json
import re

import pytest
from equality import assert_equal, unequal_receipts
from gate import closed_gate, wait_for_copy
from namespace import ending
from release import NEVER
from waiting import wait_until

STREAMS = {
    "public.films",
    "public.actors",
    "public.film_actors",
    "public.categories",
    "public.film_categories",
    "public.users",
    "public.ratings",
    "public.reviews",
}
EVERY_MINUTE = "* * * * *"
MINUTE_SECONDS = 75
ADD_FILM = """
insert into films (film_id, title, release_date, runtime_minutes)
values ({film}, '{title}', '2024-05-01', 101);
insert into ratings (film_id, user_id, stars, rated_at)
select {film}, user_id, 5, now() from users order by user_id limit 9
"""
FIND_FILM = "select rating_count from film_ratings where film_title = '{title}'"


def test_logs_name_streams_and_rows(story):
    logs = story.namespace.kubectl("logs", "job/elt-replicator")
    lines = [json.loads(line) for line in logs.splitlines()]

    synced = {line["stream"]: line for line in lines if line.get("stream")}
    (finished,) = [line for line in lines if line["message"] == "finished run"]
    assert set(synced) >= STREAMS
    assert finished["read"] == 69006
    assert finished["failed"] == 0


def test_both_sides_hold_the_same_rows(story):
    assert_equal(story)


def test_receipts_prove_every_publish(story):
    assert unequal_receipts(story) == [("0", "t")]


@pytest.fixture(scope="module")
def built_by_hand(story):
    """Return the demand of a build that was asked for after a change at the source."""
    story.source(ADD_FILM.format(film=900001, title="By Hand"))
    before = story.replicator_uid()
    name = story.demand()
    story.wait_for_success(name)
    return before, name


def test_build_by_hand_shows_a_change_at_the_source(story, built_by_hand):
    found = story.destination(FIND_FILM.format(title="By Hand"))

    assert found == [("9",)]
    assert_equal(story)


def test_build_by_hand_got_a_replication_of_its_own(story, built_by_hand):
    before, name = built_by_hand
    replicator = story.job("elt-replicator")
    demand = story.job(name)

    assert replicator["metadata"]["uid"] != before
    assert replicator["status"]["startTime"] >= demand["metadata"]["creationTimestamp"]
    assert demand["status"]["startTime"] >= replicator["status"]["completionTime"]


def test_wish_by_annotation_builds_with_a_new_column(story):
    """A column that was added at the source is in the replica, with its values."""
    story.source(
        "alter table films add column subtitle text default 'none';"
        "update films set subtitle = 'new' where film_id = 900001"
    )
    story.wish("elt-dbt")

    def stamped():
        jobs = [job["metadata"]["name"] for job in story.jobs("dbt")]
        return next((name for name in jobs if re.match("elt-dbt-now-", name)), None)

    name = wait_until(stamped, "a Job elt-dbt-now-…")
    story.wait_for_success(name)

    subtitles = story.destination(
        "select subtitle, count(*) > 1 from raw.films group by 1 order by 2"
    )
    changes = story.destination("select stream, action from elt.schema_changes")
    annotations = story.namespace.get("cronjob", "elt-dbt")["metadata"]["annotations"]
    assert subtitles == [("new", "f"), ("none", "t")]
    assert ("public.films", "propagated") in changes
    assert "elt/run-now" not in annotations
    assert_equal(story)


def test_tick_waits_for_its_replication_and_the_next_is_skipped(story):
    """While the replicator is held up, the build of the tick stays suspended."""
    known = {job["metadata"]["uid"] for job in story.jobs("dbt")}
    before = story.replicator_uid()
    story.source(ADD_FILM.format(film=900002, title="By Clock"))

    def ticked():
        new = [job for job in story.jobs("dbt") if job["metadata"]["uid"] not in known]
        return new[0]["metadata"]["name"] if new else None

    def skipped():
        return "JobAlreadyActive" in story.namespace.notes_of("CronJob", "elt-dbt")

    with closed_gate(story):
        story.upgrade({"schedule": EVERY_MINUTE})
        tick = wait_until(ticked, "a tick", MINUTE_SECONDS)
        wait_for_copy(story)
        wait_until(skipped, "a skipped tick", MINUTE_SECONDS)
        story.upgrade({"schedule": NEVER})
        assert story.is_suspended(tick)
        assert story.namespace.pods_of(tick) == []
    demand = story.wait_for_success(tick)

    replicator = story.job("elt-replicator")
    assert replicator["metadata"]["uid"] != before
    assert ending(replicator) == "Complete"
    assert demand["status"]["startTime"] >= replicator["status"]["completionTime"]
    assert story.destination(FIND_FILM.format(title="By Clock")) == [("9",)]
    assert_equal(story)

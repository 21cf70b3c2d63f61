"""Seed, then replicate, then build: the order, and how it is told."""

from namespace import moment
from waiting import wait_until


def test_each_job_starts_when_the_one_before_is_complete(story):
    init = story.init_job()["status"]
    replicator = story.job("elt-replicator")["status"]
    dbt = story.job("elt-dbt-first")["status"]

    moments = [
        init["startTime"],
        init["completionTime"],
        replicator["startTime"],
        replicator["completionTime"],
        dbt["startTime"],
        dbt["completionTime"],
    ]
    assert moments == sorted(moments)


def test_containers_keep_the_order_by_their_own_clocks(story):
    """The Jobs' times are the controllers'; these are the node's."""
    names = [story.init_job()["metadata"]["name"], "elt-replicator", "elt-dbt-first"]
    runs = [container_run(story, name) for name in names]

    ends = [ended for _, ended in runs[:-1]]
    starts = [started for started, _ in runs[1:]]
    assert all(end <= start for end, start in zip(ends, starts, strict=True))


def container_run(release, job):
    """Return when the container of a Job's last pod started and ended."""
    (status,) = release.namespace.pods_of(job)[-1]["status"]["containerStatuses"]
    terminated = status["state"]["terminated"]
    return moment(terminated["startedAt"]), moment(terminated["finishedAt"])


def test_replication_and_build_share_a_run_id(story):
    replicator = story.job("elt-replicator")["metadata"]["annotations"]
    dbt = story.job("elt-dbt-first")
    (pod,) = story.namespace.pods_of("elt-dbt-first")

    run_id = replicator["elt/run-id"]
    assert dbt["metadata"]["annotations"]["elt/run-id"] == run_id
    assert pod["metadata"]["annotations"]["elt/run-id"] == run_id


def test_build_was_demanded_before_its_replication_started(story):
    replicator = story.job("elt-replicator")
    dbt = story.job("elt-dbt-first")

    demands = replicator["metadata"]["annotations"]["elt/for"].split(",")
    assert dbt["metadata"]["uid"] in demands


def test_describe_tells_the_replication_in_sentences(story):
    """What was copied, and that it is equal, without a look at any log."""

    def told():
        return "69,006 rows" in story.namespace.notes_of("Job", "elt-replicator")

    wait_until(told, "an Event with the number of rows")
    described = story.namespace.kubectl("describe", "job/elt-replicator")
    ours = [
        event["note"]
        for event in story.namespace.events_of("Job", "elt-replicator")
        if event.get("reportingController") == "elt-controller"
    ]
    assert "69,006 rows" in described
    assert ours
    for note in ours:
        assert note[0].isupper()
        assert note.rstrip().endswith(".")


def test_events_of_the_build_say_what_was_built(story):
    def told():
        notes = story.namespace.notes_of("Job", "elt-dbt-first")
        return "20 models" in notes

    wait_until(told, "an Event with the number of models")


def test_no_event_warns(story):
    jobs = [job["metadata"]["name"] for job in story.namespace.items("jobs")]
    warnings = [story.namespace.notes_of("Job", name, "Warning") for name in jobs]

    assert not any(warnings), warnings

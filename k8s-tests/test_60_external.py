"""A release between databases of one's own."""

import pytest
from equality import tallies
from namespace import secret
from waiting import wait_until

#: The databases of the story play those of somebody else: a role that may only read,
#: and a database of another role, with passwords of their own.
READER = """
create role reader login password 'reads only';
grant select on all tables in schema public to reader;
"""
LOADER = "create role loader login password 'it''s a $word'"
WAREHOUSE = "create database warehouse owner loader"
FORGET = (
    "drop database if exists warehouse with (force)",
    "drop role if exists loader",
)


@pytest.fixture(scope="module")
def external(story, make_release):
    """Return a release between databases that are not part of it, without dbt."""
    host = f"{story.namespace.name}.svc"
    story.source(READER)
    for statement in (*FORGET, LOADER, WAREHOUSE):
        story.destination(statement)
    source = connection("source", host, "source_db", "reader", "reads")
    destination = connection("destination", host, "warehouse", "loader", "loads")
    values = {"dbt.enabled": False, "init.enabled": False} | source | destination
    release = make_release("external", values=values)
    release.namespace.apply(READS, secret("loads", "it's a $word"))
    release.install()
    return release


READS = secret("reads", "reads only")


def connection(side, host, database, user, secret_name):
    return {
        f"{side}.external.enabled": True,
        f"{side}.external.host": f"elt-{side}.{host}",
        f"{side}.database": database,
        f"{side}.user": user,
        f"{side}.auth.existingSecret": secret_name,
        f"{side}.auth.passwordKey": "word",
    }


def assert_warehouse_is_equal(story):
    warehouse = tallies(lambda query: story.destination(query, "warehouse"), "raw")
    assert warehouse == tallies(story.source, "public")


def test_first_replication_needs_no_dbt(story, external):
    """The template is an ordinary CronJob then; the controller makes only the first."""
    replicator = external.wait_for_success("elt-replicator")
    cronjob = external.namespace.get("cronjob", "elt-replicator")

    assert replicator["metadata"]["annotations"]["elt/run-id"]
    assert not cronjob["spec"]["suspend"]
    assert not external.namespace.exists("cronjob", "elt-dbt")
    assert_warehouse_is_equal(story)


def test_release_without_databases_has_none(external):
    made = external.namespace.kubectl("get", "all,pvc,secrets", "--output", "name")

    assert "statefulset" not in made
    assert "persistentvolumeclaim" not in made
    assert "secret/elt-source" not in made


def test_schedule_replicates_by_itself(story, external):
    story.source("update films set runtime_minutes = 111 where film_id = 900001")

    def ticked():
        jobs = (job["metadata"]["name"] for job in external.jobs("replicator"))
        return next((name for name in jobs if name != "elt-replicator"), None)

    external.upgrade({"schedule": "* * * * *"})
    name = wait_until(ticked, "a tick")
    external.upgrade()
    external.wait_for_success(name)

    assert_warehouse_is_equal(story)


def test_dbt_can_be_switched_on_later(story, external):
    external.upgrade({"dbt.enabled": True})
    external.wait_for_success(external.demand())

    built = story.destination("select count(*) > 0 from film_ratings", "warehouse")
    assert built == [("t",)]


def test_image_that_cannot_be_pulled_is_an_event_of_the_job(external):
    external.upgrade({"dbt.enabled": True, "dbt.image.tag": "nowhere"})
    name = external.demand()

    wait_until(
        lambda: (
            "elt-dbt:nowhere" in external.namespace.notes_of("Job", name, "Warning")
        ),
        f"a Warning on Job {name} that names the image",
    )
    external.namespace.kubectl("delete", "job", name, "--wait")
    external.upgrade({"dbt.enabled": True})


def test_secret_that_went_missing_is_an_event_of_the_job(story, external):
    external.namespace.kubectl("delete", "secret/reads")
    before = external.replicator_uid()
    name = external.demand()
    external.wait_for_replicator(other_than=before)

    wait_until(
        lambda: (
            "Secret reads"
            in external.namespace.notes_of("Job", "elt-replicator", "Warning")
        ),
        "a Warning on Job elt-replicator that names the Secret",
    )
    external.namespace.apply(READS)
    external.wait_for_success(name)
    assert_warehouse_is_equal(story)

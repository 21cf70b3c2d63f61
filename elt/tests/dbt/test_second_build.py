"""A second build: what changed at the source since the first one, and no more."""

import pytest


@pytest.fixture(scope="module", autouse=True)
def second_build(cinema, replicate, dbt):
    """Build, change the source, and return what the second build says by node."""
    replicate()
    dbt("build", "--exclude-resource-type", "test")
    cinema("update films set title = 'The Second Title' where film_id = 1")
    cinema("update ratings set stars = 6 - stars where film_id = 1")
    for table in ("film_actors", "film_categories", "ratings", "reviews", "films"):
        cinema(f"delete from {table} where film_id = 3")
    replicate()
    return {result.node.name: result for result in dbt("build").results}


def test_nothing_fails(second_build):
    failures = [
        name
        for name, result in second_build.items()
        if result.status in ("error", "fail", "skipped", "runtime error")
    ]

    assert failures == []


def test_the_incremental_mart_merges_only_what_changed(second_build, warehouse):
    ((changed, all_ratings),) = warehouse(
        "select count(*) filter (where film_id = 1), count(*) from ratings"
    )

    merged = second_build["ratings"].adapter_response["rows_affected"]

    # The lookback adds what was newest before.
    assert 0 < changed <= merged < all_ratings / 10


def test_the_incremental_mart_equals_the_replica(warehouse):
    columns = "rating_id, film_id, user_id::text, stars::smallint, updated_at"
    pair = ("raw.ratings", "public.ratings")

    replica, mart = (warehouse(f"select {columns} from {t} order by 1") for t in pair)

    assert replica == mart


def test_deleted_films_leave_the_headline(warehouse):
    assert warehouse("select * from film_ratings where film_id = 3") == []


def test_a_changed_film_has_two_versions(warehouse):
    rows = warehouse("""
        select film_title = 'The Second Title', dbt_valid_to is null, dbt_is_deleted
        from films_snapshot where film_id = 1 order by dbt_valid_from
    """)

    assert rows == [(False, False, "False"), (True, True, "False")]


def test_a_deleted_film_closes_with_a_row_that_says_so(warehouse):
    rows = warehouse("""
        select dbt_valid_to is null, dbt_is_deleted
        from films_snapshot where film_id = 3 order by dbt_valid_from
    """)

    assert rows == [(False, "False"), (True, "True")]


def test_other_films_keep_their_only_version(warehouse):
    rows = warehouse("""
        select max(versions) from (
            select count(*) as versions from films_snapshot
            where film_id not in (1, 3) group by film_id
        ) as films
    """)

    assert rows == [(1,)]


def test_a_replica_that_lost_a_row_fails_the_reconciliation(dbt, warehouse):
    warehouse("create table lost as select * from raw.reviews order by 1 limit 1")
    warehouse("delete from raw.reviews where review_id in (select review_id from lost)")

    results = dbt("build", "--select", "stream_health").results

    warehouse("insert into raw.reviews select * from lost")
    failed = [result.node.name for result in results if result.status == "fail"]
    assert failed == ["assert_row_counts_match_the_source"]
    assert warehouse("""
        select stream_name, raw_row_count - source_row_count
        from test_failures.assert_row_counts_match_the_source
    """) == [("public.reviews", -1)]

"""`dbt build` on replicated data: clean, complete, documented, fresh."""

from collections import Counter

import pytest

from elt.dbt_sources.reading import read_tables
from elt.dbt_sources.rendering import SourceOptions, render_sources
from elt.postgres import connect

#: The rules that the seeder breaks on purpose.
PLANTED = {
    "every_film_has_a_cast",
    "every_film_has_a_primary_category",
    "every_film_has_a_runtime",
    "every_film_has_an_mpaa_rating",
    "no_film_is_released_in_the_future",
}


@pytest.fixture(scope="module", autouse=True)
def build(cinema, replicate, dbt):
    """Return what dbt says of its nodes."""
    replicate()
    return dbt("build").results


def test_nothing_fails(build):
    statuses = Counter(str(result.status) for result in build)

    assert set(statuses) <= {"success", "pass", "warn", "no-op"}


def test_tests_warn_of_the_rules_that_the_seeder_breaks(build):
    assert {result.node.name for result in build if result.status == "warn"} == PLANTED


def test_a_warning_leaves_a_table_of_its_films(warehouse):
    films = warehouse("select film_id from film_ratings where actor_count = 0")

    failures = warehouse("select film_id from test_failures.every_film_has_a_cast")

    assert sorted(failures) == sorted(films) != []


def test_each_layer_has_a_schema(warehouse):
    relations = warehouse("""
        select table_schema, array_agg(table_name::text order by table_name)
        from information_schema.tables
        where table_schema in ('intermediate', 'public')
        group by 1 order by 1
    """)

    assert dict(relations) == {
        "intermediate": [
            "int_film_actors_aggregated_to_films",
            "int_film_records_scored",
            "int_ratings_aggregated_to_films",
            "int_reviews_aggregated_to_films",
        ],
        "public": [
            "actors",
            "film_ratings",
            "films_snapshot",
            "mpaa_ratings",
            "rating_bands",
            "ratings",
            "stream_health",
        ],
    }


def test_film_ratings_says_what_the_source_says(cinema, warehouse):
    expected = cinema("""
        select
            f.film_id, f.title, count(r.*), round(avg(r.stars), 2), max(r.rated_at),
            (select count(*) from film_actors as a where a.film_id = f.film_id),
            (
                select count(*) from reviews as v
                where v.film_id = f.film_id and v.status = 'published'
            )
        from films as f left join ratings as r using (film_id)
        group by f.film_id order by f.film_id
    """)

    actual = warehouse("""
        select
            film_id, film_title, rating_count, average_stars, last_rated_at,
            actor_count, review_count
        from film_ratings order by film_id
    """)

    assert actual == expected


def test_actors_have_the_average_of_all_ratings_of_their_films(cinema, warehouse):
    expected = cinema("""
        select a.actor_id, count(distinct c.film_id), round(avg(r.stars), 2)
        from actors as a
        left join film_actors as c using (actor_id)
        left join ratings as r using (film_id)
        group by 1 order by 1
    """)

    actual = warehouse(
        "select actor_id, film_count, average_stars from actors order by 1"
    )

    assert actual == expected


def test_a_film_with_one_vote_of_five_stars_does_not_lead(warehouse):
    (one_vote,) = warehouse("""
        select
            average_stars,
            weighted_stars < (select max(weighted_stars) from film_ratings),
            is_reliable
        from film_ratings
        where rating_count = 1 and five_star_share = 1
    """)

    assert one_vote == (5, True, False)


def test_a_film_of_which_only_the_title_is_known_scores_nothing(warehouse):
    rows = warehouse("""
        select completeness_score, is_reliable, rating_band, weighted_stars > 0
        from film_ratings where film_id = 28
    """)

    assert rows == [(0, False, None, True)]


def test_every_stream_is_healthy(warehouse):
    rows = warehouse("""
        select count(*), bool_and(is_verified), bool_and(is_reconciled)
        from stream_health
    """)

    assert rows == [(8, True, True)]


def test_every_source_is_fresh(dbt):
    results = dbt("source", "freshness").results

    assert Counter(str(result.status) for result in results) == {"pass": 12}


def test_every_column_that_exists_is_described(dbt):
    dbt("docs", "generate")

    catalog = dbt.artifact("catalog.json")
    nodes = dbt.artifact("manifest.json")["nodes"]
    undescribed = [
        f"{name}.{column}"
        for name, table in catalog["nodes"].items()
        for column in table["columns"]
        if nodes[name]["resource_type"] != "test"
        and not nodes[name]["columns"].get(column, {}).get("description")
    ]
    assert catalog["errors"] is None
    assert undescribed == []


def test_sources_yaml_is_what_elt_writes(dbt_project, module_destination_database):
    connection = connect(module_destination_database, application_name="test")

    written = render_sources(
        read_tables(connection, "raw"), SourceOptions(name="cinema")
    )

    connection.close()
    kept = dbt_project / "models" / "staging" / "cinema" / "__sources.yml"
    assert written == kept.read_text(encoding="utf-8")

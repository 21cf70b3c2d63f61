"""The unit tests of the models, in a database where every table is empty."""


def test_unit_tests_pass_without_data(cinema, replicate, dbt):
    cinema("truncate films, actors, categories, users cascade")
    replicate()
    kinds = ("seed", "model", "unit_test")
    selection = [word for kind in kinds for word in ("--resource-type", kind)]

    results = dbt("build", "--empty", *selection).results

    passed = [r.node.name for r in results if r.node.resource_type == "unit_test"]
    assert {str(result.status) for result in results} == {"success", "pass"}
    assert sorted(passed) == [
        "a_band_begins_at_its_least_average",
        "a_deleted_rating_does_not_count",
        "a_film_without_cast_still_appears",
        "an_unrated_film_has_no_average",
        "one_vote_is_pulled_to_the_mean",
    ]

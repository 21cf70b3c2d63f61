"""Every mistake in elt.yaml is named with its path, and all of them at once."""

import pytest
from documents import ENVIRON, loader, mistake_finder

from elt.errors import ConfigError


@pytest.fixture
def load(tmp_path):
    """Return a function that loads the configuration of a file of this text."""
    return loader(tmp_path)


@pytest.fixture
def mistakes_in(tmp_path):
    """Return a function that loads a file and returns the lines of the report."""
    return mistake_finder(tmp_path)


@pytest.mark.parametrize(
    "text, mistake",
    [
        pytest.param(
            "verfy: count",
            "verfy: is not a known key; did you mean verify?",
            id="misspelt key at the top",
        ),
        pytest.param(
            "password: hunter2",
            "password: is not a known key",
            id="key that is like no other",
        ),
        pytest.param(
            "sources: [{}, {name: b, includes: []}]",
            "sources[1].includes: is not a known key; did you mean include?",
            id="key of a source",
        ),
        pytest.param(
            "sources: [{streams: {public.films: {coursor: id}}}]",
            "sources[0].streams.public.films.coursor: is not a known key; "
            "did you mean cursor?",
            id="key of a stream",
        ),
        pytest.param(
            "destination: {index: true}",
            "destination.index: is not a known key; did you mean indexes?",
            id="key of the destination",
        ),
    ],
)
def test_unknown_key_is_a_mistake(mistakes_in, text, mistake):
    assert mistakes_in(text) == [mistake]


@pytest.mark.parametrize(
    "text, mistake",
    [
        pytest.param(
            "verify: md5",
            "verify: 'md5' is not one of changes, checksum, count, exact",
            id="word that is not one of the choices",
        ),
        pytest.param(
            "publish: off",
            "publish: false is not one of together, each",
            id="word that YAML takes for false",
        ),
        pytest.param(
            "on_schema_change: [keep]",
            "on_schema_change: a list is not one of propagate, keep, fail",
            id="list in place of a word",
        ),
        pytest.param(
            "workers: 0",
            "workers: 0 is not a whole number of at least 1",
            id="no workers",
        ),
        pytest.param(
            "workers: true",
            "workers: true is not a whole number of at least 1",
            id="truth in place of a number",
        ),
        pytest.param(
            "workers: 1.5",
            "workers: 1.5 is not a whole number of at least 1",
            id="half a worker",
        ),
        pytest.param(
            "allow_shrink: 50",
            "allow_shrink: 50 is not between 0 and 1",
            id="percent in place of a share",
        ),
        pytest.param(
            "allow_shrink: 1.01",
            "allow_shrink: 1.01 is not between 0 and 1",
            id="more than everything",
        ),
        pytest.param(
            "allow_shrink: 50%",
            "allow_shrink: '50%' is not between 0 and 1",
            id="percent sign",
        ),
        pytest.param(
            "allow_shrink: true",
            "allow_shrink: true is not between 0 and 1",
            id="truth in place of a share",
        ),
        pytest.param(
            "allow_shrink: .nan",
            "allow_shrink: nan is not between 0 and 1",
            id="share that is no number",
        ),
        pytest.param(
            "sources: raw",
            "sources: is not a list of sources",
            id="one name as sources",
        ),
        pytest.param(
            "sources: []", "sources: is not a list of sources", id="list of no sources"
        ),
        pytest.param(
            "sources: [{name: 5}]",
            "sources[0].name: 5 is not a text",
            id="number as name",
        ),
        pytest.param(
            "sources: [{name: My Shop}]",
            "sources[0].name: must consist of lowercase letters, digits and _",
            id="name that is no plain schema",
        ),
        pytest.param(
            "sources: [{name: a}, {}, {name: a}]",
            "sources[2].name: is that of sources[0], too",
            id="two sources of one name",
        ),
        pytest.param(
            "sources: [{connection: source}]",
            "sources[0].connection: is not a prefix of environment variables "
            "such as SOURCE",
            id="prefix in lowercase",
        ),
        pytest.param(
            "destination: {connection: ''}",
            "destination.connection: '' is not a text",
            id="empty prefix",
        ),
        pytest.param(
            "sources: [{include: public.*}]",
            "sources[0].include: is not a list of texts",
            id="pattern without a list",
        ),
        pytest.param(
            "sources: [{exclude: [a.*, films]}]",
            "sources[0].exclude[1]: 'films' is not a schema.table pattern "
            "such as public.*",
            id="pattern without a schema",
        ),
        pytest.param(
            "sources: [{schemas: {public: }}]",
            "sources[0].schemas.public: is empty",
            id="schema that lands nowhere",
        ),
        pytest.param(
            "sources: [{wal_budget: 4GB}]",
            "sources[0].wal_budget: '4GB' is not a size such as 512MiB or 4GiB",
            id="unit that could be two things",
        ),
        pytest.param(
            "sources: [{wal_budget: -1}]",
            "sources[0].wal_budget: -1 is not a size such as 512MiB or 4GiB",
            id="size below nothing",
        ),
        pytest.param(
            "sources: [{allow_row_security: 1}]",
            "sources[0].allow_row_security: 1 is not true or false",
            id="number in place of a truth",
        ),
        pytest.param(
            "sources: [{include_views: [public.best]}]",
            "sources[0].include_views: a list is not true or false",
            id="patterns in place of a truth",
        ),
        pytest.param(
            "sources: [{streams: [public.films]}]",
            "sources[0].streams: is not a mapping of keys to values",
            id="list of streams",
        ),
        pytest.param(
            "sources: [{slot: My-Slot}]",
            "sources[0].slot: must consist of at most 63 lowercase letters, digits "
            "and _",
            id="name that no slot can have",
        ),
        pytest.param(
            "sources: [{streams: {public.films: {cursor: updated_at}}}]",
            "sources[0].streams.public.films.cursor: needs mode: incremental",
            id="cursor of a full refresh",
        ),
        pytest.param(
            "sources: [{mode: incremental, streams: {public.a: {lookback: 1h}}}]",
            "sources[0].streams.public.a.lookback: needs a cursor",
            id="lookback without a cursor",
        ),
        pytest.param(
            "sources: [{mode: incremental, "
            "streams: {public.a: {cursor: at, lookback: 10}}}]",
            "sources[0].streams.public.a.lookback: 10 is not a length of time such as "
            "30s, 10m or 2h",
            id="length of time without a unit",
        ),
        pytest.param(
            "sources: [{mode: incremental, deletes: hard}]",
            "sources[0].deletes: 'hard' is not one of apply, soft, ignore",
            id="deletes that are none of the choices",
        ),
        pytest.param(
            "destination: {constraints: none}",
            "destination.constraints: 'none' is not one of keys, all",
            id="constraints that are not one of the choices",
        ),
        pytest.param(
            "destination: {indexes: maybe}",
            "destination.indexes: 'maybe' is not true or false",
            id="neither true nor false",
        ),
        pytest.param(
            "- sources",
            "elt.yaml: is not a mapping of keys to values",
            id="list at the top",
        ),
    ],
)
def test_mistake_is_named_with_its_path(mistakes_in, text, mistake):
    assert mistakes_in(text) == [mistake]


def test_mistakes_of_file_and_environment_are_reported_together(mistakes_in):
    text = """
        sources:
          - mode: sometimes
            colour: red
        verify: maybe
    """
    environ = ENVIRON | {"DESTINATION_HOST": "", "ELT_MAX_RETRIES": "x"}

    places = {line.split(":")[0] for line in mistakes_in(text, environ)}

    assert places == {
        "sources[0].mode",
        "sources[0].colour",
        "verify",
        "DESTINATION_HOST",
        "ELT_MAX_RETRIES",
    }


def test_mistake_in_a_connection_of_two_sources_is_reported_once(mistakes_in):
    text = "sources: [{name: a}, {name: b}]"

    assert mistakes_in(text, ENVIRON | {"SOURCE_PORT": "0"}) == [
        "SOURCE_PORT: 0 is not a port"
    ]


def test_number_of_mistakes_is_told(load):
    with pytest.raises(ConfigError, match=r"^The configuration has 2 mistakes:\n"):
        load("{a: 1, b: 2}")
    with pytest.raises(ConfigError, match=r"^The configuration has 1 mistake:\n"):
        load("{a: 1}")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("password: hunter2", id="password as a key"),
        pytest.param(
            "sources: [{connection: {host: db, password: hunter2}}]",
            id="connection in the file",
        ),
        pytest.param(
            "sources: [{connection: 'postgresql://u:hunter2@db/d'}]",
            id="URL as a connection",
        ),
        pytest.param("sources: ['postgresql://u:hunter2@db/d']", id="URL as a source"),
        pytest.param(
            "destination: 'postgresql://u:hunter2@db/d'", id="URL at the other end"
        ),
    ],
)
def test_no_mistake_repeats_a_password(mistakes_in, text):
    assert "hunter2" not in " ".join(mistakes_in(text))

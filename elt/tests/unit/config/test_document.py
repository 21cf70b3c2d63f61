"""The file elt.yaml says what is replicated; every mistake in it has its path."""

from pathlib import Path
from textwrap import dedent

import pytest
from builders import make_settings

from elt.config import (
    Config,
    DestinationConfig,
    PublishPolicy,
    RetrySettings,
    SchemaChangePolicy,
    SourceConfig,
    StreamConfig,
    SyncMode,
    Verification,
    document,
    load_config,
)
from elt.errors import ConfigError

ENVIRON = {
    f"{prefix}_{name}": value
    for prefix in ("SOURCE", "DESTINATION")
    for name, value in [("HOST", "db.example"), ("DATABASE", "app"), ("USER", "reader")]
}
#: The example of the documentation, as far as this version can do what it says.
EXAMPLE = """
    sources:
      - name: raw
        connection: SOURCE
        mode: full_refresh
        include: ["*.*"]
        exclude: ["*.schema_migrations"]
        include_views: true
        schemas: {app: raw_application}
        streams:
          public.ratings: {mode: full_refresh, on_schema_change: fail}
          public.jobs: {allow_shrink: 1}
        wal_budget: 4GiB
        allow_row_security: true
    destination:
      connection: DESTINATION
      constraints: all
      indexes: false
    verify: exact
    publish: each
    workers: 4
    on_schema_change: keep
    allow_shrink: 0.25
"""


@pytest.fixture
def load(tmp_path):
    """Return a function that loads the configuration of a file of this text."""
    file = tmp_path / "elt.yaml"

    def load_text(text, environ=ENVIRON):
        file.write_text(dedent(text), encoding="utf-8")
        return load_config(environ | {"ELT_CONFIG": str(file)})

    return load_text


@pytest.fixture
def mistakes_in(load, tmp_path):
    """Return a function that loads a file and returns the lines of the report."""

    def mistakes_in_text(text, environ=ENVIRON):
        with pytest.raises(ConfigError) as refusal:
            load(text, environ)
        report = refusal.value.message.replace(f"{tmp_path}/", "")
        return [line.strip() for line in report.splitlines()[1:]]

    return mistakes_in_text


# ------------------------------------------------------------------------- what is said


def test_without_a_file_everything_is_replicated_in_full():
    assert load_config(ENVIRON) == Config(
        sources=(SourceConfig(connection=make_settings("SOURCE")),),
        destination=DestinationConfig(connection=make_settings("DESTINATION")),
        verify=Verification.CHANGES,
        publish=PublishPolicy.TOGETHER,
        workers=2,
        on_schema_change=SchemaChangePolicy.PROPAGATE,
        allow_shrink=0.5,
        retry=RetrySettings(max_retries=5, delay_seconds=5.0),
        dump_path=None,
        dbt_manifest=None,
    )


@pytest.mark.parametrize("config, warnings", [("", 1), ("other.yaml", 0)])
def test_elt_yaml_that_is_not_named_is_told(tmp_path, monkeypatch, config, warnings):
    logged = []
    monkeypatch.setattr(document.log, "warning", lambda text, **_: logged.append(text))
    monkeypatch.chdir(tmp_path)
    for name in ("elt.yaml", "other.yaml"):
        (tmp_path / name).write_text("workers: 3")

    load_config(ENVIRON | {"ELT_CONFIG": config})

    assert logged == ["ignored elt.yaml"] * warnings


def test_environment_of_the_process_is_read_unless_another_is_given(monkeypatch):
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("ELT_CONFIG", raising=False)

    assert load_config().sources[0].connection.host == "db.example"


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "sources:\n"])
def test_empty_file_is_like_none(load, text):
    assert load(text) == load_config(ENVIRON)


def test_every_key_is_read(load):
    assert load(EXAMPLE) == Config(
        sources=(
            SourceConfig(
                name="raw",
                connection=make_settings("SOURCE"),
                mode=SyncMode.FULL_REFRESH,
                include=("*.*",),
                exclude=("*.schema_migrations",),
                include_views=True,
                schemas=(("app", "raw_application"),),
                streams=(
                    (
                        "public.ratings",
                        StreamConfig(
                            mode=SyncMode.FULL_REFRESH,
                            on_schema_change=SchemaChangePolicy.FAIL,
                        ),
                    ),
                    ("public.jobs", StreamConfig(allow_shrink=1.0)),
                ),
                wal_budget=4 * 1024**3,
                allow_row_security=True,
            ),
        ),
        destination=DestinationConfig(
            connection=make_settings("DESTINATION"), all_constraints=True, indexes=False
        ),
        verify=Verification.EXACT,
        publish=PublishPolicy.EACH,
        workers=4,
        on_schema_change=SchemaChangePolicy.KEEP,
        allow_shrink=0.25,
    )


def test_each_source_has_a_connection_of_its_own(load):
    shop = {"SHOP_HOST": "shop", "SHOP_DATABASE": "shop", "SHOP_USER": "reader"}
    text = """
        sources:
          - {name: cinema}
          - {name: shop, connection: SHOP}
    """

    cinema, other = load(text, ENVIRON | shop).sources

    assert (cinema.name, cinema.connection.host) == ("cinema", "db.example")
    assert (other.name, other.connection.host) == ("shop", "shop")


def test_name_of_a_schema_may_look_like_a_number(load):
    config = load("sources: [{schemas: {2024: raw_2024}}]")

    assert config.sources[0].schemas == (("2024", "raw_2024"),)


def test_archive_and_retries_come_from_the_environment():
    environ = {
        "ELT_DUMP_PATH": "/archive",
        "ELT_MAX_RETRIES": "1",
        "ELT_RETRY_DELAY_SECONDS": "0.5",
    }

    config = load_config(ENVIRON | environ)

    assert config.dump_path == Path("/archive")
    assert config.retry == RetrySettings(max_retries=1, delay_seconds=0.5)


def test_programs_of_postgresql_may_be_elsewhere():
    config = load_config(ENVIRON | {"ELT_PG_BIN": "/usr/lib/postgresql/18/bin"})

    assert config.programs == Path("/usr/lib/postgresql/18/bin")


def test_manifest_of_dbt_is_named_by_the_environment():
    named = load_config(ENVIRON | {"ELT_DBT_MANIFEST": "target/manifest.json"})
    unnamed = load_config(ENVIRON | {"ELT_DBT_MANIFEST": ""})

    assert named.dbt_manifest == Path("target/manifest.json")
    assert unnamed.dbt_manifest is None


def test_archives_of_several_sources_share_a_directory(load, mistakes_in, tmp_path):
    text = "sources: [{name: a}, {name: b}]"
    file = str(tmp_path / "both.dump")

    assert load(text, ENVIRON | {"ELT_DUMP_PATH": str(tmp_path)}).dump_path == tmp_path
    assert mistakes_in(text, ENVIRON | {"ELT_DUMP_PATH": file}) == [
        "ELT_DUMP_PATH: must be a directory when there are several sources"
    ]


@pytest.mark.parametrize(
    "size, count",
    [
        ("0", 0),
        ("1024", 1024),
        ("512B", 512),
        ("2KiB", 2048),
        ("3 MiB", 3 * 1024**2),
        ("4GiB", 4 * 1024**3),
        ("1TiB", 1024**4),
    ],
)
def test_size_is_read_in_powers_of_1024(load, size, count):
    config = load(f"sources: [{{wal_budget: {size}}}]")

    assert config.sources[0].wal_budget == count


def test_one_worker_is_enough(load):
    assert load("workers: 1").workers == 1


@pytest.mark.parametrize("share, value", [("0", 0.0), ("0.125", 0.125), ("1", 1.0)])
def test_share_lies_between_nothing_and_everything(load, share, value):
    assert load(f"allow_shrink: {share}").allow_shrink == value


# ----------------------------------------------------------------------------- mistakes


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


# ---------------------------------------------------------------------------- bad files


def test_file_that_is_not_there_is_a_mistake(tmp_path):
    file = tmp_path / "missing.yaml"

    with pytest.raises(ConfigError, match=r"ELT_CONFIG: cannot read .*: No such file"):
        load_config(ENVIRON | {"ELT_CONFIG": str(file)})


def test_file_in_another_encoding_is_a_mistake(tmp_path):
    file = tmp_path / "elt.yaml"
    file.write_bytes("verify: count  # größer".encode("latin-1"))

    with pytest.raises(ConfigError, match=r"ELT_CONFIG: .*elt\.yaml is not UTF-8"):
        load_config(ENVIRON | {"ELT_CONFIG": str(file)})


@pytest.mark.parametrize(
    "text, mistake",
    [
        pytest.param(
            "verify: count\nworkers: 2\nverify: exact\n",
            "elt.yaml, line 3: the key verify is given twice",
            id="key given twice",
        ),
        pytest.param(
            "sources:\n- {schemas: {a: b, a: c}}\n",
            "elt.yaml, line 2: the key a is given twice",
            id="key given twice further down",
        ),
        pytest.param(
            "verify: count\n workers: 2\n",
            "elt.yaml, line 2: mapping values are not allowed here",
            id="wrong indentation",
        ),
        pytest.param(
            "sources: [a\n",
            "elt.yaml, line 2: while parsing a flow sequence, expected ',' or ']', "
            "but got '<stream end>'",
            id="bracket left open",
        ),
        pytest.param(
            "a: 1\n---\nb: 2\n",
            "elt.yaml, line 2: expected a single document in the stream, "
            "but found another document",
            id="two documents",
        ),
        pytest.param(
            "verify: !!python/object:os.system x\n",
            "elt.yaml, line 1: could not determine a constructor for the tag "
            "'tag:yaml.org,2002:python/object:os.system'",
            id="tag that would run code",
        ),
        pytest.param(
            "{[a, b]: c}\n",
            "elt.yaml, line 1: while constructing a mapping, found unhashable key",
            id="list as a key",
        ),
        pytest.param(
            "verify: \x00\n",
            "elt.yaml: is not YAML: unacceptable character #x0000: special characters "
            "are not allowed",
            id="control character",
        ),
        pytest.param(
            "verify: 2026-02-30\n",
            "elt.yaml: is not YAML: day is out of range for month",
            id="day that never comes",
        ),
    ],
)
def test_text_that_is_not_yaml_is_named_with_its_line(mistakes_in, text, mistake):
    assert mistakes_in(text) == [mistake]

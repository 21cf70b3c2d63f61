"""The file elt.yaml says what is replicated, and the environment the rest."""

from dataclasses import replace
from pathlib import Path

import pytest
from builders import make_settings
from documents import ENVIRON, loader, mistake_finder

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
from elt.config.workers import default_workers

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
    return loader(tmp_path)


@pytest.fixture
def mistakes_in(tmp_path):
    """Return a function that loads a file and returns the lines of the report."""
    return mistake_finder(tmp_path)


def test_without_a_file_everything_is_replicated_in_full():
    assert load_config(ENVIRON) == Config(
        has_file=False,
        sources=(SourceConfig(connection=make_settings("SOURCE")),),
        destination=DestinationConfig(connection=make_settings("DESTINATION")),
        verify=Verification.CHANGES,
        publish=PublishPolicy.TOGETHER,
        workers=default_workers(),
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
def test_empty_file_is_like_none_but_a_file(load, text):
    assert load(text) == replace(load_config(ENVIRON), has_file=True)


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

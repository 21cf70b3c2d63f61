"""Which columns of rows that exchange values are moved aside, and to what."""

from builders import make_column, make_constraint, make_replica, make_table

from elt.replication.rows.exchanges import UniqueColumn, choose_asides
from elt.replication.rows.row_queries import query_parts

REPLICA = make_replica(
    make_table(
        "users",
        make_column("id", number=1, is_not_null=True),
        make_column("rank", number=2),
        make_column("day", "date", number=3),
        constraints=[make_constraint("p", "PRIMARY KEY (id)", columns=["id"])],
    )
)


def choose(name, type_name, *, may_be_null):
    """Return the values that a column gets, with what surrounds them."""
    column = UniqueColumn(name=name, type=type_name, may_be_null=may_be_null)
    return [repr(a) for a in choose_asides(REPLICA, [column], query_parts(REPLICA))]


def test_column_that_may_be_null_becomes_null():
    [aside] = choose("day", "date", may_be_null=True)

    assert "then null else" in aside


def test_number_gets_one_below_all_others():
    [aside] = choose("rank", "int4", may_be_null=False)

    assert "select min(" in aside


def test_column_without_another_value_stays():
    assert choose("day", "date", may_be_null=False) == []


def test_key_and_what_is_not_loaded_stay():
    assert choose("id", "int4", may_be_null=False) == []
    assert choose("mine", "int4", may_be_null=True) == []

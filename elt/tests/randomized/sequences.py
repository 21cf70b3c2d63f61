"""Proposes sequences that belong to no identity column, and moves them.

Some are stand-alone, and some owned by a column, as that of a `serial` column is.
"""

from randomized.model import Change
from randomized.naming import literal, quoted

#: Options that go together, whatever the type.
_OPTIONS = (
    "",
    "start with 10 increment by 5 cache 3",
    "increment by -1 minvalue -50 maxvalue 50 start with 7",
    "minvalue 1 maxvalue 9 start with 4 cycle",
)
_ALTERATIONS = (
    "increment by 3",
    "increment by -2 minvalue -99 maxvalue 99 start with 5 restart with 6",
    "restart",
    "no minvalue no maxvalue cache 10 no cycle",
    "as bigint",
    "owned by none",
)


def make_sequence(database):
    """Propose one more sequence."""
    chance = database.chance
    place = chance.choice(database.schemas), database.names.new()
    of = chance.choice(["smallint", "integer", "bigint"])
    sql = f"create sequence {_sql(place)} as {of} {chance.choice(_OPTIONS)}"
    owners = [t for t in database.roots() if t.schema == place[0] and t.columns]
    if owners and chance.random() < 0.6:
        table = chance.choice(owners)
        sql += f" owned by {table.sql}.{chance.choice(table.columns).sql}"
    return Change(sql=sql, then=lambda: database.sequences.append(place))


def move_sequence(database):
    """Propose that numbers are drawn, or that the next one is another."""
    chance = database.chance
    place = chance.choice(database.sequences)
    name = literal(_sql(place))
    called = chance.choice(["true", "false"])
    return Change(
        sql=chance.choice(
            [
                f"select nextval({name}) from generate_series(1, 3)",
                f"select setval({name}, {chance.randint(1, 9)}, {called})",
            ]
        )
    )


def alter_sequence(database):
    """Propose that a sequence counts otherwise."""
    place = database.chance.choice(database.sequences)
    how = database.chance.choice(_ALTERATIONS)
    return Change(sql=f"alter sequence {_sql(place)} {how}")


def rename_sequence(database):
    """Propose another name for a sequence."""
    place = database.chance.choice(database.sequences)
    name = database.names.new()

    def then():
        database.sequences.remove(place)
        database.sequences.append((place[0], name))

    return Change(
        sql=f"alter sequence {_sql(place)} rename to {quoted(name)}", then=then
    )


def drop_sequence(database):
    """Propose to drop a sequence; that of its name at the destination stays."""
    place = database.chance.choice(database.sequences)
    return Change(
        sql=f"drop sequence {_sql(place)}",
        then=lambda: database.sequences.remove(place),
    )


def _sql(place):
    return ".".join(map(quoted, place))

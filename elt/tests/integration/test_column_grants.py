"""A role that may read some columns of a table is enough where no others are read."""

import re
from dataclasses import replace

import pytest
from integration.incremental import differing
from integration.replication import changes, query, run, with_role
from integration.shaped import KEY, MODES, USERS, columns_of, shaped
from servers import administer

from elt.config import Shape, Verification
from elt.errors import ConfigError
from elt.replication.rows import parts


@pytest.fixture
def databases(databases, make_role, monkeypatch):
    """Return databases whose source is read by a role of no privileges, in parts."""
    monkeypatch.setattr(parts, "PART_BYTES", 8192)
    role = make_role(databases.source)
    query(
        databases.source,
        USERS + "insert into users (id, email, iban, name) "
        "select n, n || '@example.org', n, n from generate_series(100, 400) as n;"
        "create publication elt_raw for table users (id)",
    )
    with administer(databases.source) as cursor:
        cursor.execute(
            f"alter role {role.user} replication;grant pg_read_all_stats to {role.user}"
        )
    return databases._replace(source=replace(databases.source, mask_key=KEY)), role


def grants_missing(databases, source):
    """Return the statements that a refused run asks for."""
    with pytest.raises(ConfigError, match="may not read") as refusal:
        run(databases, source=source)
    return re.findall(r"GRANT .*;", refusal.value.hint)


@pytest.mark.parametrize("mode", MODES)
def test_columns_that_stay_behind_need_no_grant(databases, mode):
    owner, role = databases
    users = with_role(owner, replace(role, mask_key=KEY))
    source = shaped(**MODES[mode])
    grants = grants_missing(users, source)
    for grant in grants:
        query(owner.source, grant)

    first = run(users, source=source)
    query(
        owner.source,
        "update users set name = 'x', salary = 9000, seen_at = now() where id < 9;"
        "delete from users where id in (10, 11, 12); "
        "insert into users (id, email, iban, name) values (1001, 'n@x.org', 'i', 'n');",
    )
    second = run(users, source=source)

    columns = "id, email, postcode, born_on, seen_at, salary, country, domain"
    assert grants == [
        f"GRANT SELECT ({columns}, ctid, xmin) ON TABLE public.users TO {role.user};"
    ]
    assert changes(first) == {"public.users": (331, 0, 0)}
    assert changes(second) == {"public.users": (1, 6, 2)}
    assert differing(users, source=source, verify=Verification.CHECKSUM) == []


def test_column_that_was_not_granted_is_asked_for(databases):
    owner, role = databases
    users = with_role(owner, role)
    source = shaped(Shape(excluded=("iban",)))
    for grant in grants_missing(users, source):
        query(owner.source, grant)
    run(users, source=source)
    query(owner.source, "alter table users add column pin text default 'secret'")

    assert grants_missing(users, source) == [
        f"GRANT SELECT (pin) ON TABLE public.users TO {role.user};"
    ]
    run(users, source=shaped(Shape(excluded=("iban", "pin"))))
    assert {"iban", "pin"}.isdisjoint(columns_of(owner.destination))


def test_table_that_a_condition_asks_needs_its_own_grant(databases):
    owner, role = databases
    users = with_role(owner, role)
    query(owner.source, "create table consents (user_id integer)")
    query(owner.source, f"grant select on users to {role.user}")
    source = shaped(
        Shape(where="exists (select from consents as c where c.user_id = users.id)")
    )

    with pytest.raises(ConfigError, match="permission denied for table consents"):
        run(users, source=source | {"exclude": ("public.consents",)})

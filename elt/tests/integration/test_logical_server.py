"""What the server of a source does not allow is named, with what allows it again."""

import pytest
from integration.history import own_cluster, source_of
from integration.logical import sync
from integration.logical_source import FILMS, ONLY_FILMS, findings
from integration.replication import query, value, wait_until, with_role
from servers import Databases, new_role

from elt.errors import ConfigError
from elt.replication.findings.finding import Level

REFUSED = "output_plugin_libraries of the source does not have pgoutput"
REMEDY = (
    "Run there: ALTER SYSTEM SET output_plugin_libraries = pgoutput, test_decoding; "
    "SELECT pg_reload_conf();"
)


@pytest.fixture
def films(binaries, destination_database):
    """Return databases whose source has a server of its own, and no slot yet."""
    with own_cluster(binaries) as server:
        databases = Databases(source_of(server), destination_database)
        query(databases.source, FILMS)
        yield databases


def allow(databases, plugins):
    """Let the source allow just some plugins."""
    query(databases.source, f"alter system set output_plugin_libraries = {plugins}")
    query(databases.source, "select pg_reload_conf()")
    show = "select current_setting('output_plugin_libraries')"
    wait_until(lambda: value(databases.source, show).replace('"', "") == plugins)


def test_a_plugin_that_is_no_longer_allowed_is_named(films):
    sync(films, source=ONLY_FILMS)
    allow(films, "test_decoding")

    with pytest.raises(ConfigError, match=REFUSED) as refused:
        sync(films, source=ONLY_FILMS)

    assert refused.value.hint == REMEDY
    assert findings(films, Level.ERROR, **ONLY_FILMS) == {REFUSED: REMEDY}
    allow(films, "pgoutput, test_decoding")
    query(films.source, "delete from films where id = 1")
    assert sync(films, source=ONLY_FILMS)["public.films"] == (0, 0, 0, 1)


def test_it_is_named_also_where_the_role_may_not_see_the_setting(films):
    role = new_role(films.source)
    query(
        films.source,
        f"alter role {role.user} replication; alter table films owner to {role.user};"
        "create publication given for table films",
    )
    allow(films, "test_decoding")
    source = ONLY_FILMS | {"publication": "given"}

    with pytest.raises(ConfigError, match=REFUSED) as refused:
        sync(with_role(films, role), source=source)

    assert refused.value.hint == REMEDY

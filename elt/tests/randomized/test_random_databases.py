"""Whatever a database has, and however it changes, its replicas are the same."""

from dataclasses import replace

from integration import zoo
from integration.incremental import differing
from integration.replication import changes, leftovers, run, session
from integration.shaped import knowing
from randomized.comparison import Comparison
from randomized.generator import Generator
from randomized.streams import streams_of, unidentified

from elt.config import PublishPolicy, StreamConfig, SyncMode, Verification

_CHANGES = 3
_COLUMN_LISTS = 15


def test_replicas_are_what_a_random_database_is(seed, random_databases):
    databases = knowing(random_databases)
    with (
        session(databases.source) as source,
        session(databases.destination) as destination,
    ):
        version = min(c.connection.server_version for c in (source, destination))
        without = () if all(map(zoo.knows_xml, (source, destination))) else ("xml",)
        generator = Generator(seed, source, version // 10000, without=without)
        options = choose_options(generator.chance)
        subject = choose_source(generator.chance, source.connection.server_version)
        views = subject["include_views"]
        comparison = Comparison(source, destination, views=views, **options["to"])
        try:
            generator.build()
            replicate_and_compare(databases, generator, comparison, subject, options)
            for _ in range(_CHANGES):
                generator.change()
                replicate_and_compare(
                    databases, generator, comparison, subject, options
                )
            again = source_now(generator, subject, source)
            assert changes(run(databases, source=again, **options)) == {}
        finally:
            show(seed, databases, generator, subject | options)


def choose_options(chance):
    """Choose the settings of all runs over a database."""
    return {
        "verify": chance.choice([Verification.CHECKSUM] * 2 + list(Verification)),
        "publish": chance.choice(list(PublishPolicy)),
        "workers": chance.choice([1, 2]),
        "full": chance.random() < 0.2,
        "to": {
            "all_constraints": chance.random() < 0.5,
            "indexes": chance.random() < 0.8,
        },
    }


def choose_source(chance, version):
    """Choose how a database is read, and whether something of it stays behind."""
    mode = chance.choice([SyncMode.FULL_REFRESH] * 2 + list(SyncMode))
    can_shape = mode is not SyncMode.LOGICAL or version // 10000 >= _COLUMN_LISTS
    return {
        "mode": mode,
        "include_views": chance.random() < 0.7,
        "is_shaped": chance.random() < 0.4 and can_shape,
    }


def source_now(generator, subject, cursor):
    """Return the options of a source as long as the database stays as it is."""
    options = {name: subject[name] for name in ("mode", "include_views")}
    is_logical = subject["mode"] is SyncMode.LOGICAL
    streams = {}
    if subject["is_shaped"]:
        shapes = generator.shapes(keeps_keys=is_logical)
        streams = streams_of(shapes, views=subject["include_views"])
    if is_logical:
        for name in unidentified(cursor, is_shaped=subject["is_shaped"]):
            found = streams.get(name, StreamConfig())
            streams[name] = replace(found, mode=SyncMode.FULL_REFRESH)
    return options | {"streams": tuple(streams.items())}


def replicate_and_compare(databases, generator, comparison, subject, options):
    if subject["is_shaped"]:
        generator.shape()
    source = source_now(generator, subject, comparison.source)
    generator.note(f"replicated here: {source}")
    report = run(databases, allow_shrink=True, source=source, **options)
    assert report.failures == {}
    found = comparison.differences(generator.facts())
    listed = "\n".join(
        f"{key}: {here} | {there}" for key, (here, there) in found.items()
    )
    assert not found, f"source | destination\n{listed}"
    told = {"verify": options["verify"], "to": options["to"]}
    assert differing(databases, source=source, **told) == []
    assert leftovers(databases.destination) == []


def show(seed, databases, generator, options):
    """Print what a failure is made again from; pytest shows it when there is one."""
    print(f'make test ARGS="tests/randomized --seed {seed}"')
    print(options)
    print(*generator.script, sep="\n")

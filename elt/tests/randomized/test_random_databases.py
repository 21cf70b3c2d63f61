"""Whatever a database has, and however it changes, its replicas are the same."""

from integration import zoo
from integration.incremental import differing
from integration.replication import changes, leftovers, run, session
from randomized.comparison import Comparison
from randomized.generator import Generator

from elt.config import PublishPolicy, SyncMode, Verification

FULL_REFRESH = {"mode": SyncMode.FULL_REFRESH}
_CHANGES = 3


def test_replicas_are_what_a_random_database_is(seed, random_databases):
    with (
        session(random_databases.source) as source,
        session(random_databases.destination) as destination,
    ):
        version = min(c.connection.server_version for c in (source, destination))
        without = () if all(map(zoo.knows_xml, (source, destination))) else ("xml",)
        generator = Generator(seed, source, version // 10000, without=without)
        options = choose_options(generator.chance)
        comparison = Comparison(source, destination, **options["to"])
        try:
            generator.build()
            replicate_and_compare(random_databases, generator, comparison, options)
            for _ in range(_CHANGES):
                generator.change()
                replicate_and_compare(random_databases, generator, comparison, options)
            assert changes(run(random_databases, **options)) == {}
        finally:
            show(seed, random_databases, generator, options)


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


def replicate_and_compare(databases, generator, comparison, options):
    generator.note("replicated here")
    report = run(databases, allow_shrink=True, **options)
    assert report.failures == {}
    found = comparison.differences(generator.facts())
    listed = "\n".join(
        f"{key}: {here} | {there}" for key, (here, there) in found.items()
    )
    assert not found, f"source | destination\n{listed}"
    told = {"verify": options["verify"], "to": options["to"]}
    assert differing(databases, source=FULL_REFRESH, **told) == []
    assert leftovers(databases.destination) == []


def show(seed, databases, generator, options):
    """Print what a failure is made again from; pytest shows it when there is one."""
    print(f'make test ARGS="tests/randomized --seed {seed}"')
    print(options)
    print(*generator.script, sep="\n")

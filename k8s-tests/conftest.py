"""Releases that the tests share, and what is kept and printed at the end."""

import time
from collections import defaultdict
from contextlib import suppress

import artifacts
import pytest
from commands import CommandError, run
from namespace import Namespace
from release import Release
from side_by_side import Scheduling, turn
from watching import watched_jobs

_stages = defaultdict(float)
_figures = {}


def is_worker(config):
    """Tell whether this is a process that runs tests for another one."""
    return hasattr(config, "workerinput")


def pytest_sessionstart(session):
    """Remove what an earlier run has left, so that it may be looked at until then."""
    # The tests of the images need no cluster.
    if not is_worker(session.config):
        with suppress(CommandError):
            remove(artifacts.namespaces())


def remove(left):
    if left:
        run("kubectl", "delete", "namespace", *left, "--wait", seconds=300)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return Scheduling(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    with turn(is_alone=item.get_closest_marker("alone") is not None):
        return (yield)


@pytest.fixture(scope="session")
def figures():
    """Return where a test puts what it measured; printed at the end, by name."""
    return _figures


@pytest.fixture(scope="session")
def make_release():
    """Return a function that gives a release a namespace of its own."""

    def make(name, helm="helm", values=None):
        namespace = Namespace(name=f"elt-e2e-{name}")
        namespace.create()
        return Release(namespace=namespace, helm=helm, values=values or {})

    return make


#: Where policies are enforced, the release between external databases is let in.
EXTERNAL = {"kubernetes.io/metadata.name": "elt-e2e-external"}
LET_IN = [
    {
        "from": [{"namespaceSelector": {"matchLabels": EXTERNAL}}],
        "ports": [{"port": 5432, "protocol": "TCP"}],
    }
]


@pytest.fixture(scope="session")
def story_release(make_release):
    """Return the release of the story, which is not installed yet."""
    return make_release(
        "story",
        values={
            "networkPolicy.extraIngress.source": LET_IN,
            "networkPolicy.extraIngress.destination": LET_IN,
        },
    )


@pytest.fixture(scope="session")
def seen_jobs(story_release):
    """Return what happens to the Jobs of the story, from the start."""
    with watched_jobs(story_release.namespace) as seen:
        yield seen


@pytest.fixture(scope="session")
def story(story_release, seen_jobs, figures):
    """Return the release of the story, installed by make with Helm 4, and built."""
    release = story_release
    begun = time.monotonic()
    release.make_install()
    figures["make install returns after"] = f"{time.monotonic() - begun:.0f} s"
    release.wait_for_films()
    figures["film_ratings readable after"] = f"{time.monotonic() - begun:.0f} s"
    release.wait_for_success("elt-dbt-first")
    return release


@pytest.fixture(scope="session")
def releases(request, make_release):
    """Return a function that gives the built release of a version of Helm."""
    made = {}

    def by_helm(helm):
        if helm == "helm":
            return request.getfixturevalue("story")
        if helm not in made:
            made[helm] = make_release("helm3", helm)
            made[helm].install()
            made[helm].wait_for_success("elt-dbt-first")
        return made[helm]

    return by_helm


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed and "make_release" in item.fixturenames:
        folder = artifacts.collect(item.nodeid)
        report.sections.append(("cluster", f"what there was to know is in {folder}"))
    return report


def pytest_runtest_logreport(report):
    file, _, _ = report.location
    _stages[file] += report.duration


def pytest_sessionfinish(session):
    if is_worker(session.config):
        session.config.workeroutput["figures"] = _figures


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    _figures.update(getattr(node, "workeroutput", {}).get("figures", {}))


def pytest_terminal_summary(terminalreporter):
    terminalreporter.section("stages")
    for stage, seconds in sorted(_stages.items()):
        terminalreporter.write_line(f"{stage:<28}{seconds:>6.0f} s")
    terminalreporter.write_line(f"{'all':<28}{sum(_stages.values()):>6.0f} s")
    if _figures:
        terminalreporter.section("figures")
        for name, value in _figures.items():
            terminalreporter.write_line(f"{name:<50}{value:>12}")
